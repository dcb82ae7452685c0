#pragma once

#include <pthread.h>

#include <memory>
#include <string>
#include <vector>

#include "hooks.h"
#include "limits.h"

namespace heddle::l7 {

struct Shared;
struct Statistics;
class Worker;

/** The proxy: threads that take connections from listeners, judge their requests, and forward what is allowed. */
class Engine {
public:
	Engine();
	~Engine();
	/**
	 * Listening, non-blocking sockets, which stay the caller's and must stay open until `stop`. Each thread takes from all.
	 * false: `fault` says why, and nothing runs.
	 */
	bool start(const std::vector<int>& listeners, unsigned threads, const Limits& limits, Hooks hooks, std::string& fault);
	/** After rules changed: connections under no rules any more, and tunnels under other ones, are reset. */
	void review();
	/** Resets every connection and ends the threads. */
	void stop();
	const Statistics& statistics() const;

private:
	std::unique_ptr<Shared> shared_;
	std::vector<std::unique_ptr<Worker>> workers_;
	std::vector<pthread_t> threads_;
};

}  // namespace heddle::l7
