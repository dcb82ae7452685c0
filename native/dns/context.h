#pragma once

#include <memory>
#include <vector>

#include "hooks.h"
#include "known_names.h"
#include "limits.h"
#include "outgoing.h"
#include "quota.h"
#include "random_ids.h"
#include "standings.h"
#include "statistics.h"
#include "watched.h"

namespace heddle::dns {

/** Of all threads. */
struct Shared {
	Limits limits;
	Hooks* hooks = nullptr;
	Statistics statistics;
	Quota queries, connections;
	/** Bytes of answers that wait for the learner. */
	std::atomic<size_t> held{0};
};

/** Of one thread. */
struct Context {
	Context(Shared& all, unsigned number, int epollFd, uint64_t now)
		: shared(all), worker(number), epoll(epollFd), nowMs(now), wheel(now),
		  known(all.limits.knownNames, all.limits.shortestTtl), outgoing(all.statistics) {}

	bool watch(int fd, uint32_t events, Watched& watched);
	void arm(Deadlined& deadlined, uint32_t milliseconds) { wheel.arm(deadlined, nowMs + milliseconds); }

	Shared& shared;
	const unsigned worker;
	int epoll;
	uint64_t nowMs;
	l7::TimerWheel wheel;
	RandomIds ids;
	KnownNames known;
	Standings standings;
	Outgoing outgoing;
	/** Destroyed after the round. */
	std::vector<std::unique_ptr<Watched>> gone;
};

}  // namespace heddle::dns
