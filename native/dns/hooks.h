#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "access_record.h"
#include "rule_set.h"

namespace heddle::dns {

/** Addresses that have to be known before a client is told of them. Good during the call. */
struct Lesson {
	/** For `Engine::release`. */
	uint64_t ticket = 0;
	/** Small letters, without the root's dot. */
	std::string_view name;
	/** `ttl`: how long to know it, seconds; longer than the answer said, so that not every answer is a lesson. */
	const std::vector<Found>* addresses = nullptr;
	/** Who asked first. */
	const ClientInfo* client = nullptr;
};

/** Called on the engine's threads, several at once; none may block. */
struct Hooks {
	/**
	 * A non-blocking socket towards the server: UDP, connected, or TCP, whose connect may be under way; bound to the client's
	 * address where that is to be kept, and to a port by the kernel's choice. The engine owns it from then on. -1: none can
	 * be had, the client is told SERVFAIL.
	 */
	std::function<int(const ClientInfo&)> openUpstream;
	/** For each query. nullptr: the client is under no rules: the query is dropped, a connection reset. */
	std::function<std::shared_ptr<const RuleSet>(const ClientInfo&)> rulesFor;
	/** Answered by `Engine::release` with its ticket, from any thread, during the call too. */
	std::function<void(const Lesson&)> learn;
	/** May be empty. */
	std::function<void(const AccessRecord&)> record;
};

}  // namespace heddle::dns
