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

/**
 * The proxy: threads that take connections from listeners, judge their requests, and forward what is allowed.
 * All is called on one thread, the owner's.
 */
class Engine {
public:
	Engine();
	~Engine();
	/** Threads are in the caller's namespaces. `hooks` stay until `stop`. false: `fault` says why, and nothing runs. */
	bool start(unsigned threads, const Limits& limits, Hooks& hooks, std::string& fault);
	/** Each thread takes from it. false: `fault` says why, and none does. */
	bool addListener(const std::shared_ptr<Listener>& listener, std::string& fault);
	bool hasListeners(uint32_t network) const;
	/** Stops listening at once, and resets their connections. false: the network had none. */
	bool removeListeners(uint32_t network);
	/** After rules changed: connections under no rules any more, and tunnels under other ones, are reset. */
	void review();
	/** Resets every connection and ends the threads. */
	void stop();
	const Statistics& statistics() const;

private:
	std::unique_ptr<Shared> shared_;
	std::vector<std::shared_ptr<Listener>> listeners_;
	std::vector<std::unique_ptr<Worker>> workers_;
	std::vector<pthread_t> threads_;
	uint64_t nextListener_ = 1;
};

}  // namespace heddle::l7
