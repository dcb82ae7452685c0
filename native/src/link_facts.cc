#include "link_facts.h"

#include <linux/if_link.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cerrno>

#include "address.h"
#include "netlink_wire.h"

namespace heddle {

static void readAttribute(const AttributeReader& attribute, LinkFacts& out) {
	switch (attribute.type()) {
	case IFLA_IFNAME: out.name.assign(attribute.text(), attribute.textLength()); break;
	case IFLA_MTU: out.mtu = attribute.number(); break;
	case IFLA_LINK: out.peerIfindex = static_cast<int>(attribute.number()); break;
	case IFLA_LINK_NETNSID: out.peerNetnsId = static_cast<int>(attribute.number()); break;
	case IFLA_MASTER: out.master = static_cast<int>(attribute.number()); break;
	case IFLA_GROUP: out.group = attribute.number(); break;
	case IFLA_GSO_MAX_SIZE: out.gsoMaxSize = attribute.number(); break;
	case IFLA_GRO_MAX_SIZE: out.groMaxSize = attribute.number(); break;
	case IFLA_TSO_MAX_SIZE: out.tsoMaxSize = attribute.number(); break;
	case kGsoIpv4MaxSize: out.gsoIpv4MaxSize = attribute.number(); break;
	case kGroIpv4MaxSize: out.groIpv4MaxSize = attribute.number(); break;
	case IFLA_ADDRESS:
		if (attribute.size() == 6) out.mac = formatMac(attribute.payload());
		break;
	case IFLA_LINKINFO: {
		AttributeReader info = attribute.nested();
		while (info.next())
			if (info.type() == IFLA_INFO_KIND) out.kind.assign(info.text(), info.textLength());
		break;
	}
	default: break;
	}
}

bool parseLink(const nlmsghdr* header, LinkFacts& out) {
	if (header->nlmsg_type != RTM_NEWLINK || header->nlmsg_len < NLMSG_LENGTH(sizeof(ifinfomsg))) return false;
	auto* message = static_cast<const ifinfomsg*>(NLMSG_DATA(header));
	out.ifindex = message->ifi_index;
	out.up = (message->ifi_flags & IFF_UP) != 0;
	AttributeReader attributes(message + 1, header->nlmsg_len - NLMSG_LENGTH(sizeof(ifinfomsg)));
	while (attributes.next()) readAttribute(attributes, out);
	return true;
}

int queryLink(int netlink, int ifindex, const std::string& name, LinkFacts& out) {
	alignas(nlmsghdr) uint8_t memory[256];
	MessageWriter writer(memory, sizeof(memory));
	ifinfomsg message = {};
	message.ifi_family = AF_UNSPEC;
	message.ifi_index = ifindex;
	writer.begin(RTM_GETLINK, 0, message);
	if (ifindex == 0) writer.text(IFLA_IFNAME, name.c_str());
	writer.end();
	return query(
		netlink, writer,
		[](void* context, const nlmsghdr* header) {
			return parseLink(header, *static_cast<LinkFacts*>(context)) ? 0 : EBADMSG;
		},
		&out);
}

int queryLinks(int netlink, std::vector<LinkFacts>& out) {
	alignas(nlmsghdr) uint8_t memory[128];
	MessageWriter writer(memory, sizeof(memory));
	ifinfomsg message = {};
	message.ifi_family = AF_UNSPEC;
	writer.begin(RTM_GETLINK, NLM_F_DUMP, message);
	writer.end();
	return query(
		netlink, writer,
		[](void* context, const nlmsghdr* header) {
			LinkFacts facts;
			if (parseLink(header, facts)) static_cast<std::vector<LinkFacts>*>(context)->push_back(std::move(facts));
			return 0;
		},
		&out);
}

}  // namespace heddle
