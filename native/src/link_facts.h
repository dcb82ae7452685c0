#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "netlink_message.h"

namespace heddle {

/** Of Linux 6.3; headers of the build machine may be older. */
constexpr uint16_t kGsoIpv4MaxSize = 63, kGroIpv4MaxSize = 64;

struct LinkFacts {
	int ifindex = 0;
	std::string name;
	std::string kind;
	std::string mac;
	uint32_t mtu = 0;
	bool up = false;
	int peerIfindex = 0;
	int peerNetnsId = -1;
	int master = 0;
	uint32_t group = 0;
	/** Bytes of the biggest packet that is sent in one piece; the IPv4 ones are 0 before Linux 6.3. */
	uint32_t gsoMaxSize = 0, gsoIpv4MaxSize = 0, groMaxSize = 0, groIpv4MaxSize = 0, tsoMaxSize = 0;
};

bool parseLink(const nlmsghdr* header, LinkFacts& out);
/** One interface by index or (index 0) name; errno. */
int queryLink(int netlink, int ifindex, const std::string& name, LinkFacts& out);
int queryLinks(int netlink, std::vector<LinkFacts>& out);

}  // namespace heddle
