#pragma once

#include "dns/client_info.h"
#include "status.h"

namespace heddle {

// In the calling thread's namespace.

/** UDP and TCP, IPv4 and, where the kernel has it, IPv6, on every address that reaches the listener's device. */
Status listenForQueries(uint16_t port, dns::Listener& listener);

/**
 * Towards the server, through the listener's device, from the client's own address and a port of the kernel's choice. Of
 * TCP the connect may be under way. -1: errno says why.
 */
int connectToServer(const dns::ClientInfo& info);

}  // namespace heddle
