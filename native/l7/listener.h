#pragma once

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

namespace heddle::l7 {

/** A listening, non-blocking socket. Closed when the last who knows it lets go. */
struct Listener {
	Listener(int socket, uint32_t ofNetwork, std::string onDevice)
		: fd(socket), network(ofNetwork), device(std::move(onDevice)) {}
	~Listener() { close(fd); }
	Listener(const Listener&) = delete;

	const int fd;
	const uint32_t network;
	/** What its connections come from and go to; empty: any. */
	const std::string device;
	/** Of this engine, never used again. */
	uint64_t id = 0;
	/** Its connections are to be reset. */
	std::atomic<bool> removed{false};
};

}  // namespace heddle::l7
