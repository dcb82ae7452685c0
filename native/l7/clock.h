#pragma once

#include <time.h>

#include <cstdint>

namespace heddle::l7 {

inline uint64_t nanoseconds(clockid_t clock) {
	timespec now;
	clock_gettime(clock, &now);
	return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

inline uint64_t steadyNs() { return nanoseconds(CLOCK_MONOTONIC); }
inline uint64_t wallNs() { return nanoseconds(CLOCK_REALTIME); }

}  // namespace heddle::l7
