#pragma once

#include <unistd.h>

namespace heddle::l7 {

/** One TCP socket and what is known about it; epoll tells of changes only (edge-triggered). */
struct Socket {
	Socket() = default;
	Socket(const Socket&) = delete;
	~Socket() { close(); }

	bool isOpen() const { return fd >= 0; }
	void close() {
		if (fd >= 0) ::close(fd);
		fd = -1;
	}
	/** Closed, for another connection. */
	void renew() { readable = writable = ending = ended = failed = shut = false; }
	/** The peer gets a reset instead of an end. */
	void reset();
	void shutdownWrites();
	/** From epoll. */
	void noteEvents(unsigned events);

	int fd = -1;
	bool readable = false, writable = false;
	/** epoll told that an end is on its way: a short read is no reason to stop reading. */
	bool ending = false;
	/** All was read. */
	bool ended = false;
	/** Reset, or a write to who no longer reads. */
	bool failed = false;
	bool shut = false;
};

}  // namespace heddle::l7
