#pragma once

#include <cstdint>
#include <string>

#include "l7/address.h"
#include "fd.h"
#include "status.h"

namespace heddle {

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
 * A connect under way, in the calling thread's namespace, through `device`, from the client's own address. Its port too,
 * unless a connection to the same place has it. -1: errno says why. `otherPort`: another had to be taken.
 */
int connectTransparently(const l7::Address& client, const l7::Address& destination, const std::string& device, bool& otherPort);

}  // namespace heddle
