#pragma once

#include <sys/types.h>
#include <uv.h>

#include <atomic>
#include <vector>

#include "fd.h"
#include "guardian_protocol.h"
#include "status.h"

namespace heddle {

/**
 * A tiny child process that outlives this one by a moment: when this process dies, however it dies, the child removes
 * the clsact filters nobody keeps. Runs only while there is something to guard.
 * Any thread may call.
 */
class Guardian {
public:
	Guardian() { uv_mutex_init(&mutex_); }
	~Guardian() {
		stop();
		uv_mutex_destroy(&mutex_);
	}

	/** Numbers registrations. */
	uint64_t nextId() { return ids_.fetch_add(1, std::memory_order_relaxed); }
	/** Before the filters are made. */
	Status watch(int netns, const std::vector<WatchedFilter>& filters);
	void forget(int netns, const std::vector<WatchedFilter>& filters);
	/** A replacement: the number of guarded filters stays. */
	Status rewatch(int netns, const WatchedFilter& filter);
	/** The child acts on what is still registered, and ends. */
	void stop();

private:
	Status ensureRunning();
	Status send(GuardianMessage& message, int descriptor);
	Status sendFilters(GuardianOperation operation, int netns, const std::vector<WatchedFilter>& filters);
	void endIfIdle();
	void end();

	uv_mutex_t mutex_;
	Fd socket_;
	pid_t child_ = -1;
	std::atomic<uint64_t> ids_{1};
	size_t guarded_ = 0;
};

}  // namespace heddle
