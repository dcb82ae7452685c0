#include "address.h"

#include <arpa/inet.h>

namespace heddle::l7 {

Address Address::from(const sockaddr_storage& socket) {
	Address address;
	address.family = socket.ss_family;
	if (socket.ss_family == AF_INET) {
		const auto& v4 = reinterpret_cast<const sockaddr_in&>(socket);
		address.port = ntohs(v4.sin_port);
		memcpy(address.ip, &v4.sin_addr, 4);
	} else if (socket.ss_family == AF_INET6) {
		const auto& v6 = reinterpret_cast<const sockaddr_in6&>(socket);
		address.port = ntohs(v6.sin6_port);
		memcpy(address.ip, &v6.sin6_addr, 16);
	}
	return address;
}

socklen_t Address::to(sockaddr_storage& socket) const {
	memset(&socket, 0, sizeof(socket));
	socket.ss_family = family;
	if (family == AF_INET) {
		auto& v4 = reinterpret_cast<sockaddr_in&>(socket);
		v4.sin_port = htons(port);
		memcpy(&v4.sin_addr, ip, 4);
		return sizeof(v4);
	}
	auto& v6 = reinterpret_cast<sockaddr_in6&>(socket);
	v6.sin6_port = htons(port);
	memcpy(&v6.sin6_addr, ip, 16);
	return sizeof(v6);
}

std::string Address::text() const {
	char name[INET6_ADDRSTRLEN] = "";
	inet_ntop(family, ip, name, sizeof(name));
	std::string host = family == AF_INET6 ? '[' + std::string(name) + ']' : name;
	return host + ':' + std::to_string(port);
}

}  // namespace heddle::l7
