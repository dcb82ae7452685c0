#pragma once

#include <poll.h>
#include <time.h>

#include <cerrno>

namespace heddle::cni {

/** A moment by which everything is to be done. */
class Deadline {
public:
	explicit Deadline(int seconds) : endMs_(nowMs() + seconds * 1000LL) {}

	/** Until the descriptor can be read or written. false: the time is over, or poll failed. */
	bool wait(int fd, short events) const {
		for (;;) {
			pollfd one = {fd, events, 0};
			int ready = poll(&one, 1, leftMs());
			if (ready > 0) return true;
			if (ready == 0) errno = ETIMEDOUT;
			if (ready == 0 || errno != EINTR) return false;
		}
	}

	/** false: the time is over. */
	bool pause(int ms) const {
		if (leftMs() < ms) return false;
		poll(nullptr, 0, ms);
		return true;
	}

private:
	static long long nowMs() {
		timespec now;
		clock_gettime(CLOCK_MONOTONIC, &now);
		return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
	}
	int leftMs() const {
		long long left = endMs_ - nowMs();
		return left > 0 ? static_cast<int>(left) : 0;
	}

	long long endMs_;
};

}  // namespace heddle::cni
