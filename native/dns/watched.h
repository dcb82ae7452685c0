#pragma once

#include <cstdint>

#include "l7/timer_wheel.h"

namespace heddle::dns {

/** What epoll tells of. */
class Watched {
public:
	virtual ~Watched() = default;
	virtual void onEvents(uint32_t events) = 0;
	/** Events of the same round may still name it. */
	bool isGone() const { return gone_; }

protected:
	bool gone_ = false;
};

/** What has a deadline. */
class Deadlined : public l7::Timed {
public:
	virtual void onDeadline() = 0;

protected:
	~Deadlined() = default;
};

}  // namespace heddle::dns
