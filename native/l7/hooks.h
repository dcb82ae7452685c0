#pragma once

#include <functional>
#include <memory>

#include "access_record.h"
#include "rule_set.h"

namespace heddle::l7 {

/** What hooks are told of a connection. */
struct ConnectionInfo {
	uint64_t id = 0;
	/** Which of the listeners took it, by its place among those given. */
	uint32_t listener = 0;
	/** The client's socket; only to be asked. */
	int fd = -1;
	Address client, destination;
};

/** Called on the engine's threads, several at once; none may block. */
struct Hooks {
	/**
	 * With the first request that is allowed. A non-blocking socket whose connect is under way, bound to the client's
	 * address where that is to be kept; the engine owns it from then on. -1: none can be had, the client is told 503.
	 */
	std::function<int(const ConnectionInfo&)> connectUpstream;
	/** For each request. nullptr: the connection is under no rules any more, it is denied and closed. */
	std::function<std::shared_ptr<const RuleSet>(const ConnectionInfo&)> rulesFor;
	/** May be empty. */
	std::function<void(const AccessRecord&)> record;
};

}  // namespace heddle::l7
