#include <sys/socket.h>

#include <vector>

#include "address.h"
#include "arguments.h"
#include "netlink.h"
#include "netlink_wire.h"

namespace heddle {

struct Route {
	std::string text;
	Address destination;
	int ifindex = 0;
	bool hasGateway = false, hasSource = false, onLink = false, local = false;
	uint32_t table = RT_TABLE_MAIN;
	Address gateway, source;
};

static bool readOptionalAddress(Napi::Object object, const char* key, bool& has, Address& out) {
	Napi::Value value = object.Get(key);
	if (value.IsUndefined()) return true;
	has = true;
	return readAddress(object.Env(), value, key, out);
}

static bool readRoute(Napi::Env env, Napi::Value value, Route& out) {
	Napi::Object object;
	if (!readObject(env, value, "route", object) || !readIfindex(env, object.Get("ifindex"), "ifindex", out.ifindex))
		return false;
	if (!readOptionalAddress(object, "gateway", out.hasGateway, out.gateway) ||
		!readOptionalAddress(object, "source", out.hasSource, out.source))
		return false;
	if (!optionalBoolean(object, "onLink", "onLink", out.onLink) || !optionalBoolean(object, "local", "local", out.local) ||
		!optionalUint32(object, "table", "table", out.table) ||
		!readString(env, object.Get("destination"), "destination", out.text))
		return false;
	// `default` takes its family from the gateway.
	if (out.text == "default") out.destination.family = out.hasGateway ? out.gateway.family : AF_INET;
	else if (!readAddress(env, object.Get("destination"), "destination", out.destination)) return false;
	if (out.hasGateway && out.gateway.family != out.destination.family && out.destination.family == AF_INET6)
		return throwArgument(
				   env, "gateway", "an IPv6 address as the destination", formatAddress(out.gateway.family, out.gateway.bytes)),
			   false;
	if (out.hasSource && out.source.family != out.destination.family)
		return throwArgument(
				   env, "source", "an address of the destination's family", formatAddress(out.source.family, out.source.bytes)),
			   false;
	return true;
}

static void writeGateway(MessageWriter& writer, const Route& route) {
	if (route.gateway.family == route.destination.family) {
		writer.attribute(RTA_GATEWAY, route.gateway.bytes, route.gateway.size());
		return;
	}
	// IPv4 through an IPv6 neighbour.
	uint8_t via[2 + 16];
	uint16_t family = route.gateway.family;
	memcpy(via, &family, sizeof(family));
	memcpy(via + 2, route.gateway.bytes, route.gateway.size());
	writer.attribute(RTA_VIA, via, 2 + route.gateway.size());
}

static uint8_t scopeOf(const Route& route) {
	if (route.local) return RT_SCOPE_HOST;
	return route.hasGateway || route.destination.family == AF_INET6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
}

static void writeRoute(MessageWriter& writer, uint16_t type, uint16_t flags, const Route& route) {
	rtmsg message = {};
	message.rtm_family = route.destination.family;
	message.rtm_dst_len = route.destination.prefixLength;
	message.rtm_table = route.table < 256 ? static_cast<uint8_t>(route.table) : RT_TABLE_UNSPEC;
	message.rtm_flags = route.onLink ? RTNH_F_ONLINK : 0;
	bool adding = type == RTM_NEWROUTE;
	message.rtm_protocol = adding ? RTPROT_STATIC : RTPROT_UNSPEC;
	message.rtm_type = route.local ? RTN_LOCAL : adding ? RTN_UNICAST : RTN_UNSPEC;
	message.rtm_scope = adding ? scopeOf(route) : RT_SCOPE_NOWHERE;
	writer.begin(type, static_cast<uint16_t>(NLM_F_ACK | flags), message);
	if (route.destination.prefixLength > 0) writer.attribute(RTA_DST, route.destination.bytes, route.destination.size());
	writer.number(RTA_TABLE, route.table);
	writer.number(RTA_OIF, static_cast<uint32_t>(route.ifindex));
	if (route.hasGateway) writeGateway(writer, route);
	if (route.hasSource) writer.attribute(RTA_PREFSRC, route.source.bytes, route.source.size());
	writer.end();
}

Napi::Value Netlink::addRoute(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	Route route;
	if (!readRoute(env, info[0], route)) return env.Undefined();
	RequestBuffer buffer;
	MessageWriter writer = buffer.writer();
	writeRoute(writer, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route);
	Status status = send(writer, "adding route " + route.text);
	return status.failed() ? throwStatus(env, status) : env.Undefined();
}

Napi::Value Netlink::deleteRoute(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	Route route;
	if (!readRoute(env, info[0], route)) return env.Undefined();
	RequestBuffer buffer;
	MessageWriter writer = buffer.writer();
	writeRoute(writer, RTM_DELROUTE, 0, route);
	return remove(env, writer, "deleting route " + route.text);
}

struct FoundRoute {
	std::string destination, gateway;
	uint32_t ifindex = 0;
};

static int collect(void* context, const nlmsghdr* header) {
	if (header->nlmsg_type != RTM_NEWROUTE || header->nlmsg_len < NLMSG_LENGTH(sizeof(rtmsg))) return 0;
	auto* message = static_cast<const rtmsg*>(NLMSG_DATA(header));
	if (message->rtm_table != RT_TABLE_MAIN || message->rtm_type != RTN_UNICAST) return 0;
	FoundRoute found;
	found.destination = message->rtm_family == AF_INET ? "0.0.0.0/0" : "::/0";
	size_t size = message->rtm_family == AF_INET ? 4 : 16;
	AttributeReader attributes(message + 1, header->nlmsg_len - NLMSG_LENGTH(sizeof(rtmsg)));
	while (attributes.next()) {
		if (attributes.type() == RTA_OIF) found.ifindex = attributes.number();
		else if (attributes.type() == RTA_DST && attributes.size() == size)
			found.destination =
				formatAddress(message->rtm_family, attributes.payload()) + "/" + std::to_string(message->rtm_dst_len);
		else if (attributes.type() == RTA_GATEWAY && attributes.size() == size)
			found.gateway = formatAddress(message->rtm_family, attributes.payload());
		else if (attributes.type() == RTA_VIA && attributes.size() == 18)
			found.gateway = formatAddress(AF_INET6, attributes.payload() + 2);
	}
	static_cast<std::vector<FoundRoute>*>(context)->push_back(std::move(found));
	return 0;
}

Napi::Value Netlink::routes(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	uint32_t family = 0;
	if (!readUint32(env, info[0], "family", family)) return env.Undefined();
	if (family != 4 && family != 6) return throwArgument(env, "family", "4 or 6", std::to_string(family));
	RequestBuffer buffer;
	MessageWriter writer = buffer.writer();
	rtmsg message = {};
	message.rtm_family = family == 4 ? AF_INET : AF_INET6;
	writer.begin(RTM_GETROUTE, NLM_F_DUMP, message);
	writer.end();
	std::vector<FoundRoute> all;
	int error = query(fd_.get(), writer, collect, &all);
	if (error != 0) return throwStatus(env, Status::system(error, "rtnetlink", "listing routes"));
	Napi::Array array = Napi::Array::New(env, all.size());
	for (size_t i = 0; i < all.size(); i++) {
		Napi::Object object = Napi::Object::New(env);
		object.Set("destination", all[i].destination);
		object.Set("ifindex", all[i].ifindex);
		if (!all[i].gateway.empty()) object.Set("gateway", all[i].gateway);
		array.Set(static_cast<uint32_t>(i), object);
	}
	return array;
}

}  // namespace heddle
