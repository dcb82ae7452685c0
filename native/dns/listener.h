#pragma once

#include <unistd.h>

#include <cstdint>
#include <vector>

namespace heddle::dns {

/**
 * Sockets that queries come to, non-blocking; closed with it. UDP ones are bound to their port and tell the destination
 * (IP_PKTINFO, IPV6_RECVPKTINFO); TCP ones listen.
 */
struct Listener {
	Listener(uint32_t number, std::vector<int> udpSockets, std::vector<int> tcpSockets)
		: id(number), udp(std::move(udpSockets)), tcp(std::move(tcpSockets)) {}
	Listener(const Listener&) = delete;
	~Listener() {
		for (int fd : udp) close(fd);
		for (int fd : tcp) close(fd);
	}

	const uint32_t id;
	const std::vector<int> udp, tcp;
};

}  // namespace heddle::dns
