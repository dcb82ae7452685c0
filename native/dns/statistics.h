#pragma once

#include <atomic>
#include <cstdint>

namespace heddle::dns {

/** Counted since the start; `active` and `sockets` are those of now. */
struct Statistics {
	std::atomic<uint64_t> active{0}, sockets{0};
	std::atomic<uint64_t> queries{0}, forwarded{0}, answered{0}, denied{0};
	/** Queries that are none, answered with FORMERR or NOTIMP, or dropped. */
	std::atomic<uint64_t> malformed{0};
	/** Queries under no rules: dropped. */
	std::atomic<uint64_t> unredirected{0};
	/** Queries, or connections, beyond a limit. */
	std::atomic<uint64_t> limited{0};
	/** Answers that fit no query under way: dropped. */
	std::atomic<uint64_t> mismatched{0};
	/** Answers that cannot be read: told as SERVFAIL. */
	std::atomic<uint64_t> badAnswers{0};
	std::atomic<uint64_t> upstreamFailures{0}, timeouts{0};
	/** Answers held for the learner; those it did not take in time, or at all. */
	std::atomic<uint64_t> held{0}, unlearned{0};
	/** Messages that the kernel did not take. */
	std::atomic<uint64_t> unsent{0};
};

}  // namespace heddle::dns
