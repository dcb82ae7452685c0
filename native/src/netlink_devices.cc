#include <linux/if_link.h>
#include <linux/veth.h>
#include <sys/socket.h>

#include <cerrno>

#include "address.h"
#include "arguments.h"
#include "link_facts.h"
#include "netlink.h"
#include "netlink_wire.h"
#include "thread.h"

namespace heddle {

/** One end of a pair as asked for. */
struct End {
	std::string name, mac;
	uint32_t mtu = 0;
	int netns = -1;
	uint8_t macBytes[6] = {};
};

static bool readEnd(Napi::Object options, const char* prefix, End& out) {
	Napi::Env env = options.Env();
	std::string where = prefix;
	Napi::Value name = options.Get("name");
	if (!readString(env, name, (where + "name").c_str(), out.name) ||
		!readInterfaceName(env, out.name, (where + "name").c_str()))
		return false;
	if (!optionalString(options, "mac", (where + "mac").c_str(), out.mac) ||
		!optionalUint32(options, "mtu", (where + "mtu").c_str(), out.mtu) ||
		!optionalFd(options, "netns", (where + "netns").c_str(), out.netns))
		return false;
	return out.mac.empty() || readMac(env, out.mac, (where + "mac").c_str(), out.macBytes);
}

static void writeEnd(MessageWriter& writer, const End& end) {
	writer.text(IFLA_IFNAME, end.name.c_str());
	if (!end.mac.empty()) writer.attribute(IFLA_ADDRESS, end.macBytes, sizeof(end.macBytes));
	if (end.mtu != 0) writer.number(IFLA_MTU, end.mtu);
	if (end.netns >= 0) writer.number(IFLA_NET_NS_FD, static_cast<uint32_t>(end.netns));
}

static void writePair(MessageWriter& writer, const End& own, const End& peer, bool netkit) {
	writer.begin(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{});
	writeEnd(writer, own);
	size_t info = writer.nest(IFLA_LINKINFO);
	writer.text(IFLA_INFO_KIND, netkit ? "netkit" : "veth");
	size_t data = writer.nest(IFLA_INFO_DATA);
	if (netkit) {
		writer.number(IFLA_NETKIT_MODE, NETKIT_L2);
		// Without a program of its own the pair just forwards, as a veth pair does.
		writer.number(IFLA_NETKIT_POLICY, NETKIT_PASS);
		writer.number(IFLA_NETKIT_PEER_POLICY, NETKIT_PASS);
	}
	size_t other = writer.nest(netkit ? static_cast<uint16_t>(IFLA_NETKIT_PEER_INFO) : static_cast<uint16_t>(VETH_INFO_PEER));
	writer.raw(ifinfomsg{});
	writeEnd(writer, peer);
	writer.endNest(other);
	writer.endNest(data);
	writer.endNest(info);
	writer.end();
}

static Status findPair(int netlink, const End& own, LinkFacts& out) {
	if (own.netns < 0) {
		int error = queryLink(netlink, 0, own.name, out);
		return error == 0 ? Status::success() : Status::system(error, "rtnetlink", "interface " + own.name);
	}
	return inNamespace(own.netns, [&] {
		Fd there(openNetlink());
		int error = there.valid() ? queryLink(there.get(), 0, own.name, out) : errno;
		return error == 0 ? Status::success() : Status::system(error, "rtnetlink", "interface " + own.name);
	});
}

Napi::Value Netlink::addPair(const Napi::CallbackInfo& info, bool netkit) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	Napi::Object options, peerOptions;
	End own, peer;
	if (!readObject(env, info[0], "options", options) || !readEnd(options, "", own)) return env.Undefined();
	if (!readObject(env, options.Get("peer"), "peer", peerOptions) || !readEnd(peerOptions, "peer.", peer))
		return env.Undefined();
	RequestBuffer buffer;
	MessageWriter writer = buffer.writer();
	writePair(writer, own, peer, netkit);
	Status status =
		send(writer, std::string("adding ") + (netkit ? "netkit" : "veth") + " pair " + own.name + ", " + peer.name);
	LinkFacts facts;
	if (!status.failed()) status = findPair(fd_.get(), own, facts);
	if (status.failed()) return throwStatus(env, status);
	Napi::Object result = Napi::Object::New(env);
	result.Set("ifindex", facts.ifindex);
	result.Set("peerIfindex", facts.peerIfindex);
	return result;
}

Napi::Value Netlink::addVeth(const Napi::CallbackInfo& info) { return addPair(info, false); }
Napi::Value Netlink::addNetkit(const Napi::CallbackInfo& info) { return addPair(info, true); }

Napi::Value Netlink::addSimple(const Napi::CallbackInfo& info, const char* kind) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	End end;
	if (!readString(env, info[0], "name", end.name) || !readInterfaceName(env, end.name, "name")) return env.Undefined();
	RequestBuffer buffer;
	MessageWriter writer = buffer.writer();
	writer.begin(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{});
	writeEnd(writer, end);
	size_t linkInfo = writer.nest(IFLA_LINKINFO);
	writer.text(IFLA_INFO_KIND, kind);
	writer.endNest(linkInfo);
	writer.end();
	Status status = send(writer, std::string("adding ") + kind + " " + end.name);
	LinkFacts facts;
	if (!status.failed()) status = findPair(fd_.get(), end, facts);
	return status.failed() ? throwStatus(env, status) : Napi::Value(Napi::Number::New(env, facts.ifindex));
}

Napi::Value Netlink::addBridge(const Napi::CallbackInfo& info) { return addSimple(info, "bridge"); }
Napi::Value Netlink::addDummy(const Napi::CallbackInfo& info) { return addSimple(info, "dummy"); }

}  // namespace heddle
