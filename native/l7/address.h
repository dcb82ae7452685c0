#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <cstring>
#include <string>

namespace heddle::l7 {

/** IPv4 or IPv6 address and port. */
struct Address {
	sa_family_t family = AF_UNSPEC;
	uint16_t port = 0;
	/** IPv4: the first four. */
	uint8_t ip[16] = {};

	static Address from(const sockaddr_storage& socket);
	/** Length of what it wrote. */
	socklen_t to(sockaddr_storage& socket) const;
	/** `192.0.2.1:80`, `[2001:db8::1]:80`. */
	std::string text() const;
	bool hasSameIp(const Address& other) const { return family == other.family && !memcmp(ip, other.ip, sizeof(ip)); }
};

}  // namespace heddle::l7
