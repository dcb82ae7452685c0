#include <linux/if_link.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cerrno>

#include "address.h"
#include "arguments.h"
#include "link_facts.h"
#include "netlink.h"
#include "netlink_wire.h"
#include "thread.h"

namespace heddle {

static Napi::Object toObject(Napi::Env env, const LinkFacts& facts) {
	Napi::Object object = Napi::Object::New(env);
	object.Set("ifindex", facts.ifindex);
	object.Set("name", facts.name);
	object.Set("kind", facts.kind);
	object.Set("mac", facts.mac);
	object.Set("mtu", facts.mtu);
	object.Set("up", Napi::Boolean::New(env, facts.up));
	object.Set("peerIfindex", facts.peerIfindex);
	object.Set("peerNetnsId", facts.peerNetnsId);
	object.Set("master", facts.master);
	object.Set("group", facts.group);
	object.Set("gsoMaxSize", facts.gsoMaxSize);
	object.Set("gsoIpv4MaxSize", facts.gsoIpv4MaxSize);
	object.Set("groMaxSize", facts.groMaxSize);
	object.Set("groIpv4MaxSize", facts.groIpv4MaxSize);
	object.Set("tsoMaxSize", facts.tsoMaxSize);
	return object;
}

Napi::Value Netlink::link(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	LinkKey key;
	if (!readLinkKey(env, info[0], key)) return env.Undefined();
	LinkFacts facts;
	int error = queryLink(fd_.get(), key.ifindex, key.name, facts);
	if (error == ENODEV) return env.Undefined();
	if (error != 0) return throwStatus(env, Status::system(error, "rtnetlink", key.describe()));
	return toObject(env, facts);
}

Napi::Value Netlink::links(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	std::vector<LinkFacts> all;
	int error = queryLinks(fd_.get(), all);
	if (error != 0) return throwStatus(env, Status::system(error, "rtnetlink", "listing interfaces"));
	Napi::Array array = Napi::Array::New(env, all.size());
	for (size_t i = 0; i < all.size(); i++) array.Set(static_cast<uint32_t>(i), toObject(env, all[i]));
	return array;
}

/** Sizes of the change; false after throwing. */
static bool writeSizes(Napi::Object change, MessageWriter& writer) {
	constexpr struct {
		const char* name;
		uint16_t attribute;
	} kSizes[] = {{"gsoMaxSize", IFLA_GSO_MAX_SIZE}, {"groMaxSize", IFLA_GRO_MAX_SIZE}, {"gsoIpv4MaxSize", kGsoIpv4MaxSize},
		{"groIpv4MaxSize", kGroIpv4MaxSize}};
	for (const auto& size : kSizes) {
		uint32_t bytes = 0;
		if (!optionalUint32(change, size.name, size.name, bytes)) return false;
		if (bytes != 0) writer.number(size.attribute, bytes);
	}
	return true;
}

/** Attributes of a change; false after throwing. */
static bool writeChange(Napi::Object change, MessageWriter& writer) {
	Napi::Env env = change.Env();
	std::string name, mac;
	uint32_t mtu = 0;
	int netns = -1;
	uint32_t master = UINT32_MAX;
	if (!optionalString(change, "name", "name", name) || !optionalString(change, "mac", "mac", mac) ||
		!optionalUint32(change, "mtu", "mtu", mtu) || !optionalFd(change, "netns", "netns", netns) ||
		!optionalUint32(change, "master", "master", master))
		return false;
	uint8_t bytes[6];
	if (!name.empty() && !readInterfaceName(env, name, "name")) return false;
	if (!mac.empty() && !readMac(env, mac, "mac", bytes)) return false;
	if (!name.empty()) writer.text(IFLA_IFNAME, name.c_str());
	if (!mac.empty()) writer.attribute(IFLA_ADDRESS, bytes, sizeof(bytes));
	if (mtu != 0) writer.number(IFLA_MTU, mtu);
	if (netns >= 0) writer.number(IFLA_NET_NS_FD, static_cast<uint32_t>(netns));
	if (master != UINT32_MAX) writer.number(IFLA_MASTER, master);
	return writeSizes(change, writer);
}

Napi::Value Netlink::setLink(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	ifinfomsg message = {};
	Napi::Object change;
	if (!readIfindex(env, info[0], "ifindex", message.ifi_index) || !readObject(env, info[1], "change", change))
		return env.Undefined();
	Napi::Value up = change.Get("up");
	if (!up.IsUndefined()) {
		if (!up.IsBoolean()) return throwArgument(env, "up", "a boolean", up);
		message.ifi_change = IFF_UP;
		message.ifi_flags = up.As<Napi::Boolean>().Value() ? IFF_UP : 0;
	}
	bool goesDown = message.ifi_change != 0 && message.ifi_flags == 0;
	bool arp = true;
	if (!optionalBoolean(change, "arp", "arp", arp)) return env.Undefined();
	if (!change.Get("arp").IsUndefined()) {
		message.ifi_change |= IFF_NOARP;
		if (!arp) message.ifi_flags |= IFF_NOARP;
	}
	// Older kernels rename an interface only when it is down already, and read the name before the flag.
	RequestBuffer downBuffer, buffer;
	MessageWriter down = downBuffer.writer(), writer = buffer.writer();
	down.begin(RTM_NEWLINK, NLM_F_ACK, message);
	down.end();
	writer.begin(RTM_NEWLINK, NLM_F_ACK, message);
	if (!writeChange(change, writer)) return env.Undefined();
	writer.end();
	std::string doing = "changing interface " + std::to_string(message.ifi_index);
	Status status = goesDown ? send(down, doing) : Status::success();
	if (!status.failed()) status = send(writer, doing);
	return status.failed() ? throwStatus(env, status) : env.Undefined();
}

Napi::Value Netlink::deleteLink(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	LinkKey key;
	if (!readLinkKey(env, info[0], key)) return env.Undefined();
	ifinfomsg message = {};
	message.ifi_index = key.ifindex;
	RequestBuffer buffer;
	MessageWriter writer = buffer.writer();
	writer.begin(RTM_DELLINK, NLM_F_ACK, message);
	if (key.ifindex == 0) writer.text(IFLA_IFNAME, key.name.c_str());
	writer.end();
	return remove(env, writer, "deleting " + key.describe());
}

}  // namespace heddle
