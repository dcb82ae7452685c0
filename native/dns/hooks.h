#pragma once

#include <string_view>
#include <vector>

#include "access_record.h"
#include "client_info.h"
#include "standing.h"

namespace heddle::dns {

/** Addresses that have to be known before a client is told of them. Good during the call. */
struct Lesson {
	/** For `Engine::release`; below 2^53. */
	uint64_t ticket = 0;
	/** Small letters, without the root's dot. */
	std::string_view name;
	/** `ttl`: how long to know it, seconds; longer than the answer said, so that not every answer is a lesson. */
	const std::vector<Found>* addresses = nullptr;
};

/** Called on the engine's threads, several at once; none may block. */
class Hooks {
public:
	virtual ~Hooks() = default;
	/**
	 * A non-blocking socket towards the server: UDP, connected, or TCP, whose connect may be under way; bound to the client's
	 * address where that is to be kept, and to a port by the kernel's choice. The engine owns it from then on. -1: none can
	 * be had, the client is told SERVFAIL.
	 */
	virtual int openUpstream(const ClientInfo& info) = 0;
	/**
	 * Brings a standing up to date: before each query is judged, and at each review. Without rules the query is dropped, the
	 * connection reset.
	 */
	virtual void judge(const ClientInfo& info, Standing& standing) = 0;
	/** Told of who asked first. Answered by `Engine::release` with its ticket, from any thread, during the call too. */
	virtual void learn(const ClientInfo& info, const Standing& standing, const Lesson& lesson) = 0;
	virtual void record(const ClientInfo& info, const Standing& standing, const AccessRecord& record) = 0;
};

}  // namespace heddle::dns
