#pragma once

#include <atomic>
#include <string>

#include "buffer.h"
#include "client_count.h"
#include "hooks.h"
#include "limits.h"
#include "pipe_pool.h"
#include "request_head.h"
#include "response_head.h"
#include "timer_wheel.h"
#include "upstream_pool.h"

namespace heddle::l7 {

/** Counted since the start; `connections` are those that are open. */
struct Statistics {
	std::atomic<uint64_t> connections{0}, accepted{0}, requests{0}, denied{0}, malformed{0};
	/** Connections that limits, or descriptors that ran out, made us reset. */
	std::atomic<uint64_t> refusedByConnections{0}, refusedByClient{0}, refusedForDescriptors{0};
	std::atomic<uint64_t> upstreamFailures{0}, timeouts{0};
};

/** Of all threads. */
struct Shared {
	Limits limits;
	Hooks* hooks = nullptr;
	ClientCount clients;
	Statistics statistics;
	std::atomic<uint64_t> nextId{1};
};

/** Of one thread. */
struct Context {
	Context(Shared& all, int epollFd, uint64_t now) : shared(all), wheel(now), epoll(epollFd), nowMs(now) {}

	Shared& shared;
	BlockPool pool;
	PipePool pipes;
	UpstreamPool upstreams;
	TimerWheel wheel;
	int epoll;
	uint64_t nowMs;
	// One head is parsed at a time: their memory is used again by the next.
	RequestHead request;
	ResponseHead response;
};

}  // namespace heddle::l7
