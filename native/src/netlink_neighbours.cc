#include <linux/neighbour.h>

#include "address.h"
#include "arguments.h"
#include "netlink.h"

namespace heddle {

static ndmsg neighbourMessage(int ifindex, const Address& address) {
	ndmsg message = {};
	message.ndm_family = address.family;
	message.ndm_ifindex = ifindex;
	message.ndm_state = NUD_PERMANENT;
	return message;
}

Napi::Value Netlink::addNeighbour(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	int ifindex = 0;
	Address address;
	std::string text;
	uint8_t mac[6];
	if (!readIfindex(env, info[0], "ifindex", ifindex) || !readAddress(env, info[1], "address", address))
		return env.Undefined();
	if (!readString(env, info[2], "mac", text) || !readMac(env, text, "mac", mac)) return env.Undefined();
	RequestBuffer buffer;
	MessageWriter writer = buffer.writer();
	writer.begin(RTM_NEWNEIGH, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, neighbourMessage(ifindex, address));
	writer.attribute(NDA_DST, address.bytes, address.size());
	writer.attribute(NDA_LLADDR, mac, sizeof(mac));
	writer.end();
	Status status = send(writer, "adding neighbour " + formatAddress(address.family, address.bytes));
	return status.failed() ? throwStatus(env, status) : env.Undefined();
}

Napi::Value Netlink::deleteNeighbour(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	int ifindex = 0;
	Address address;
	if (!readIfindex(env, info[0], "ifindex", ifindex) || !readAddress(env, info[1], "address", address))
		return env.Undefined();
	RequestBuffer buffer;
	MessageWriter writer = buffer.writer();
	writer.begin(RTM_DELNEIGH, NLM_F_ACK, neighbourMessage(ifindex, address));
	writer.attribute(NDA_DST, address.bytes, address.size());
	writer.end();
	return remove(env, writer, "deleting neighbour " + formatAddress(address.family, address.bytes));
}

}  // namespace heddle
