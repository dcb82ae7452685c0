#include "netlink.h"

#include <net/if.h>

#include <cerrno>

#include "address.h"
#include "arguments.h"
#include "modules.h"
#include "netlink_wire.h"
#include "thread.h"

namespace heddle {

Netlink::Netlink(const Napi::CallbackInfo& info) : Wrapped(info) {
	Napi::Env env = info.Env();
	int netns = -1;
	Status status;
	if (!info[0].IsUndefined()) {
		if (!readFd(env, info[0], "netns", netns)) return;
		status = checkNamespace(netns);
	}
	if (!status.failed())
		status = inNamespace(netns, [this] {
			fd_.reset(openNetlink());
			return fd_.valid() ? Status::success() : Status::system(errno, "socket", "rtnetlink");
		});
	if (status.failed()) throwStatus(env, status);
}

Napi::Value Netlink::close(const Napi::CallbackInfo& info) {
	fd_.reset();
	changes_.reset();
	unlink();
	return info.Env().Undefined();
}

Status Netlink::send(const MessageWriter& writer, const std::string& what) {
	int result = 0;
	char reason[256];
	int error = transact(fd_.get(), writer, &result, reason, sizeof(reason));
	if (error == 0) error = result;
	if (error == 0) return Status::success();
	Status status = Status::system(error, "rtnetlink", what);
	if (reason[0]) status.message += std::string(" (") + reason + ")";
	return status;
}

Napi::Value Netlink::remove(Napi::Env env, const MessageWriter& writer, const std::string& what) {
	Status status = send(writer, what);
	if (!status.failed()) return Napi::Boolean::New(env, true);
	for (int absent : {ENODEV, ENOENT, ESRCH, EADDRNOTAVAIL, ENXIO})
		if (status.error == absent) return Napi::Boolean::New(env, false);
	return throwStatus(env, status);
}

bool readInterfaceName(Napi::Env env, const std::string& text, const char* name) {
	bool valid = !text.empty() && text.size() < IFNAMSIZ && text != "." && text != ".." &&
		text.find_first_of("/ \t\n:") == std::string::npos;
	if (!valid)
		throwArgument(env, name, "an interface name of 1 to 15 characters without '/', ':' and spaces", "\"" + text + "\"");
	return valid;
}

bool readLinkKey(Napi::Env env, Napi::Value value, LinkKey& out) {
	if (value.IsNumber()) return readIfindex(env, value, "ifindex", out.ifindex);
	return readString(env, value, "interface", out.name) && readInterfaceName(env, out.name, "interface");
}

bool readAddress(Napi::Env env, Napi::Value value, const char* name, Address& out) {
	std::string text;
	if (!readString(env, value, name, text)) return false;
	if (parseAddress(text, out)) return true;
	throwArgument(env, name, "an IPv4 or IPv6 address or prefix", "\"" + text + "\"");
	return false;
}

bool readMac(Napi::Env env, const std::string& text, const char* name, uint8_t out[6]) {
	if (parseMac(text, out)) return true;
	throwArgument(env, name, "a MAC address like 02:00:00:00:00:01", "\"" + text + "\"");
	return false;
}

Napi::Function Netlink::define(Napi::Env env) {
	return DefineClass(env, kName,
		{
			InstanceMethod<&Netlink::link>("link"),
			InstanceMethod<&Netlink::links>("links"),
			InstanceMethod<&Netlink::addVeth>("addVeth"),
			InstanceMethod<&Netlink::addNetkit>("addNetkit"),
			InstanceMethod<&Netlink::addBridge>("addBridge"),
			InstanceMethod<&Netlink::addDummy>("addDummy"),
			InstanceMethod<&Netlink::setLink>("setLink"),
			InstanceMethod<&Netlink::deleteLink>("deleteLink"),
			InstanceMethod<&Netlink::deleteLinks>("deleteLinks"),
			InstanceMethod<&Netlink::addAddress>("addAddress"),
			InstanceMethod<&Netlink::deleteAddress>("deleteAddress"),
			InstanceMethod<&Netlink::addresses>("addresses"),
			InstanceMethod<&Netlink::changes>("changes"),
			InstanceMethod<&Netlink::addRoute>("addRoute"),
			InstanceMethod<&Netlink::deleteRoute>("deleteRoute"),
			InstanceMethod<&Netlink::routes>("routes"),
			InstanceMethod<&Netlink::addRule>("addRule"),
			InstanceMethod<&Netlink::deleteRule>("deleteRule"),
			InstanceMethod<&Netlink::addNeighbour>("addNeighbour"),
			InstanceMethod<&Netlink::deleteNeighbour>("deleteNeighbour"),
			InstanceAccessor<&Netlink::isClosed>("closed"),
			InstanceMethod<&Netlink::close>("close"),
		});
}

void exportNetlink(Napi::Env env, Napi::Object exports) { exports.Set(Netlink::kName, Netlink::define(env)); }

}  // namespace heddle
