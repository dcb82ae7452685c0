#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <vector>

#include "address.h"
#include "arguments.h"
#include "netlink.h"
#include "netlink_wire.h"

namespace heddle {

static void writeAddress(MessageWriter& writer, uint16_t type, uint16_t flags, int ifindex, const Address& address) {
	ifaddrmsg message = {};
	message.ifa_family = address.family;
	message.ifa_prefixlen = address.prefixLength;
	message.ifa_index = static_cast<uint32_t>(ifindex);
	// Duplicate detection would keep a pod's address unusable for a second.
	if (address.family == AF_INET6) message.ifa_flags = IFA_F_NODAD;
	writer.begin(type, static_cast<uint16_t>(NLM_F_ACK | flags), message);
	writer.attribute(IFA_LOCAL, address.bytes, address.size());
	writer.attribute(IFA_ADDRESS, address.bytes, address.size());
	writer.end();
}

static std::string describe(const Address& address, int ifindex) {
	return formatAddress(address.family, address.bytes) + "/" + std::to_string(address.prefixLength) + " on interface " +
		std::to_string(ifindex);
}

Napi::Value Netlink::addAddress(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	int ifindex = 0;
	Address address;
	if (!readIfindex(env, info[0], "ifindex", ifindex) || !readAddress(env, info[1], "address", address))
		return env.Undefined();
	RequestBuffer buffer;
	MessageWriter writer = buffer.writer();
	writeAddress(writer, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifindex, address);
	Status status = send(writer, "adding address " + describe(address, ifindex));
	return status.failed() ? throwStatus(env, status) : env.Undefined();
}

Napi::Value Netlink::deleteAddress(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	int ifindex = 0;
	Address address;
	if (!readIfindex(env, info[0], "ifindex", ifindex) || !readAddress(env, info[1], "address", address))
		return env.Undefined();
	RequestBuffer buffer;
	MessageWriter writer = buffer.writer();
	writeAddress(writer, RTM_DELADDR, 0, ifindex, address);
	return remove(env, writer, "deleting address " + describe(address, ifindex));
}

/** While it lives the kernel heeds what a dump asks for, instead of telling of every interface. */
class StrictDump {
public:
	explicit StrictDump(int fd) : fd_(fd) { set(1); }
	~StrictDump() { set(0); }
	StrictDump(const StrictDump&) = delete;
	StrictDump& operator=(const StrictDump&) = delete;

private:
	void set(int on) { setsockopt(fd_, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on)); }
	int fd_;
};

struct FoundAddress {
	uint32_t ifindex;
	int family;
	uint8_t prefixLength;
	std::string address;
};

static int collect(void* context, const nlmsghdr* header) {
	if (header->nlmsg_type != RTM_NEWADDR || header->nlmsg_len < NLMSG_LENGTH(sizeof(ifaddrmsg))) return 0;
	auto* message = static_cast<const ifaddrmsg*>(NLMSG_DATA(header));
	if (message->ifa_family != AF_INET && message->ifa_family != AF_INET6) return 0;
	FoundAddress found = {message->ifa_index, message->ifa_family, message->ifa_prefixlen, ""};
	size_t size = message->ifa_family == AF_INET ? 4 : 16;
	AttributeReader attributes(message + 1, header->nlmsg_len - NLMSG_LENGTH(sizeof(ifaddrmsg)));
	bool local = false;
	while (attributes.next()) {
		// Where both are given, IFA_LOCAL is ours and IFA_ADDRESS a point-to-point peer's.
		bool wanted = attributes.type() == IFA_LOCAL || (attributes.type() == IFA_ADDRESS && !local);
		if (!wanted || attributes.size() != size) continue;
		local = attributes.type() == IFA_LOCAL;
		found.address = formatAddress(message->ifa_family, attributes.payload());
	}
	static_cast<std::vector<FoundAddress>*>(context)->push_back(std::move(found));
	return 0;
}

Napi::Value Netlink::addresses(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "netlink");
	int ifindex = 0;
	if (!info[0].IsUndefined() && !readIfindex(env, info[0], "ifindex", ifindex)) return env.Undefined();
	RequestBuffer buffer;
	MessageWriter writer = buffer.writer();
	ifaddrmsg filter = {};
	filter.ifa_index = static_cast<uint32_t>(ifindex);
	writer.begin(RTM_GETADDR, NLM_F_DUMP, filter);
	writer.end();
	std::vector<FoundAddress> all;
	StrictDump strict(fd_.get());
	int error = query(fd_.get(), writer, collect, &all);
	if (error != 0) return throwStatus(env, Status::system(error, "rtnetlink", "listing addresses"));
	Napi::Array array = Napi::Array::New(env);
	for (const FoundAddress& found : all) {
		if (ifindex != 0 && found.ifindex != static_cast<uint32_t>(ifindex)) continue;
		Napi::Object object = Napi::Object::New(env);
		object.Set("ifindex", found.ifindex);
		object.Set("address", found.address);
		object.Set("prefixLength", found.prefixLength);
		object.Set("family", found.family == AF_INET ? 4 : 6);
		array.Set(array.Length(), object);
	}
	return array;
}

}  // namespace heddle
