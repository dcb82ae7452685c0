#pragma once

#include <cstddef>
#include <cstdint>

namespace heddle {

enum class GuardianOperation : uint32_t {
	Watch,	 // filters of one namespace; carries its descriptor
	Forget,	 // filters of one namespace
};

struct WatchedFilter {
	/** Of this registration: two may be about the same hook for a moment, when the second attach is to fail. */
	uint64_t id;
	int32_t ifindex;
	uint32_t hook;
	/** Removed only while one of these programs is in it; the second is the one before a replacement. */
	uint32_t programId;
	uint32_t previousProgramId;
	/** Remove the qdisc too when nothing is left on it. */
	uint32_t ownsQdisc;
};

constexpr size_t kFiltersPerMessage = 256;

struct GuardianMessage {
	GuardianOperation operation;
	uint32_t count;
	/** Inode of the namespace. */
	uint64_t netns;
	WatchedFilter filters[kFiltersPerMessage];
};

/** The child's whole life; never returns. Only system calls: it runs in a fork of a process with threads. */
[[noreturn]] void runGuardian(int socket);

}  // namespace heddle
