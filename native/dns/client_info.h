#pragma once

#include "l7/address.h"
#include "listener.h"

namespace heddle::dns {

/** Who asks whom. */
struct ClientInfo {
	/** Which took it. */
	const Listener* listener = nullptr;
	/** Which of the engine's threads has it. */
	unsigned worker = 0;
	bool tcp = false;
	/** `server`: where the client sent it, address and port. */
	l7::Address client, server;
};

}  // namespace heddle::dns
