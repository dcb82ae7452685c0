#pragma once

#include <cstdint>

#include "l7/address.h"

namespace heddle::dns {

/** Who asks whom. */
struct ClientInfo {
	/** Number that the listener was added with. */
	uint32_t listener = 0;
	bool tcp = false;
	/** `server`: where the client sent it, address and port. */
	l7::Address client, server;
};

}  // namespace heddle::dns
