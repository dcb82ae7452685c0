#pragma once

#include <pthread.h>

#include <memory>
#include <string>
#include <vector>

#include "hooks.h"
#include "limits.h"
#include "listener.h"
#include "statistics.h"

namespace heddle::dns {

struct Order;
struct Shared;
class Worker;

/** The proxy: threads that take queries from listeners, judge their names, and forward what is allowed. */
class Engine {
public:
	Engine();
	~Engine();
	/** 1 to 256 threads. `hooks` stay until `stop`. false: `fault` says why, and nothing runs. */
	bool start(unsigned threads, const Limits& limits, Hooks& hooks, std::string& fault);
	/** Each thread takes from it. false: a thread cannot watch it; its network has no listeners any more. Not from a hook. */
	bool addListener(std::shared_ptr<Listener> listener);
	/** On return those of the network are let go, and their queries are no more. Not from a hook. */
	void removeListeners(uint32_t network);
	/** Of a lesson, from any thread: its answers go to their clients; not learned: SERVFAIL does. */
	void release(uint64_t ticket, bool learned);
	/** The learner has forgotten the addresses of the name; small letters, without the root's dot. */
	void forget(const std::string& name);
	/** After rules changed: connections under no rules any more are reset. */
	void review();
	/** Ends the threads. Who waits is not told. */
	void stop();
	const Statistics& statistics() const;

private:
	void tellAll(const Order& order);
	bool tellEachAndWait(Order order);

	std::unique_ptr<Shared> shared_;
	std::vector<std::unique_ptr<Worker>> workers_;
	std::vector<pthread_t> threads_;
};

}  // namespace heddle::dns
