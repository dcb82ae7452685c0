#pragma once

#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace heddle::dns {

/**
 * Sockets that queries come to, non-blocking; closed when the last who knows it lets go. UDP ones are bound to their port
 * and tell the destination (IP_PKTINFO, IPV6_RECVPKTINFO); TCP ones listen.
 */
struct Listener {
	Listener(uint32_t ofNetwork, std::string onDevice) : network(ofNetwork), device(std::move(onDevice)) {}
	Listener(const Listener&) = delete;
	~Listener() {
		for (int fd : udp) close(fd);
		for (int fd : tcp) close(fd);
	}

	const uint32_t network;
	/** What its queries come from and go to; empty: any. */
	const std::string device;
	/** Not to be changed once an engine has it. */
	std::vector<int> udp, tcp;
};

}  // namespace heddle::dns
