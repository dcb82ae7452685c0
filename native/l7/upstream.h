#pragma once

#include "socket.h"

namespace heddle::l7 {

class Connection;

/** A connection to a server. epoll tells of it by its address, whoever has it. */
struct Upstream : Socket {
	/** nullptr: it waits for its next one. */
	Connection* owner = nullptr;

	/** Neither its end nor a byte that nobody asked for. */
	bool isSilent() const { return !readable && !ending && !ended && !failed; }
};

}  // namespace heddle::l7
