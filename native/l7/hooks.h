#pragma once

#include <memory>
#include <string>
#include <vector>

#include "access_record.h"
#include "ends.h"
#include "listener.h"
#include "standing.h"

namespace heddle::l7 {

/** What hooks are told of a connection. */
struct ConnectionInfo {
	uint64_t id = 0;
	/** Which of the engine's threads has it. */
	unsigned worker = 0;
	/** Which took it. */
	std::shared_ptr<const Listener> listener;
	/** The client's socket; only to be asked. */
	int fd = -1;
	Address client, destination;

	Ends ends() const { return {listener->network, client, destination}; }
};

/** Called on the engine's threads, several at once; none may block. */
class Hooks {
public:
	virtual ~Hooks() = default;
	/**
	 * With the first request that is allowed. A non-blocking socket whose connect is under way, bound to the client's
	 * address where that is to be kept; the engine owns it from then on. -1: none can be had, the client is told 503.
	 */
	virtual int connectUpstream(const ConnectionInfo& info) = 0;
	/** Brings a standing up to date: before each request is judged, and at each review. */
	virtual void judge(const ConnectionInfo& info, Standing& standing) = 0;
	/** A thread takes its turn, at least once a second. `nowMs`: of CLOCK_MONOTONIC. */
	virtual void noteTurn(uint64_t nowMs) { (void)nowMs; }
	virtual void record(const ConnectionInfo& info, const Standing& standing, const AccessRecord& record) = 0;

	/**
	 * TCP congestion control of connections with an end on another machine; empty: that of the engine's namespace. Set
	 * before the engine starts.
	 */
	std::string remoteCongestion;
	/** Names of request headers that records tell. Set before the engine starts. */
	std::vector<std::string> recordedHeaders;
};

}  // namespace heddle::l7
