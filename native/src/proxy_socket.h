#pragma once

#include <cstdint>
#include <string>

#include "l7/address.h"
#include "fd.h"
#include "status.h"

namespace heddle {

/** Of listeners; longer queues are cut to net.core.somaxconn. */
constexpr int kBacklog = 4096;

/** Of SOCK_STREAM or SOCK_DGRAM: may have addresses that are not this machine's, on one device. */
Fd openTransparent(sa_family_t family, int type, const std::string& device);
/** What the proxy says to servers goes by the network's device, marked as the server's leg. */
struct UpstreamWay {
	const std::string& device;
	uint32_t network;
};
Fd openUpstream(sa_family_t family, int type, const UpstreamWay& way);
bool turnOn(int fd, int level, int option);
bool bindTo(int fd, const l7::Address& address);
/** true: done, or under way. */
bool connectTo(int fd, const l7::Address& address);

/** Listening sockets of one network, one a family, on the same port of every address. */
struct ProxyListeners {
	Fd v4;
	/** None where the kernel has no IPv6. */
	Fd v6;
	uint16_t port = 0;
};

/** In the calling thread's namespace: takes what comes in through `device`, whatever address it is for. */
Status listenTransparently(const std::string& device, ProxyListeners& out);

/**
 * A connect under way, in the calling thread's namespace, from the client's own address. Its port too,
 * unless a connection to the same place has it. -1: errno says why. `otherPort`: another had to be taken.
 */
int connectTransparently(const l7::Address& client, const l7::Address& destination, const UpstreamWay& way, bool& otherPort);

}  // namespace heddle
