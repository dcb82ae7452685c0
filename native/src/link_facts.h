#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "netlink_message.h"

namespace heddle {

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
};

bool parseLink(const nlmsghdr* header, LinkFacts& out);
/** One interface by index or (index 0) name; errno. */
int queryLink(int netlink, int ifindex, const std::string& name, LinkFacts& out);
int queryLinks(int netlink, std::vector<LinkFacts>& out);

}  // namespace heddle
