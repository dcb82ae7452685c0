#include "engine.h"

#include <pthread.h>
#include <signal.h>

#include <cerrno>
#include <cstring>

#include "worker.h"

namespace heddle::l7 {

Engine::Engine() : shared_(std::make_unique<Shared>()) {}

Engine::~Engine() { stop(); }

const Statistics& Engine::statistics() const { return shared_->statistics; }

/** Signals are the caller's threads' business; splice can raise SIGPIPE, and has no flag against it. */
static void* runWorker(void* worker) {
	sigset_t all;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, nullptr);
	pthread_setname_np(pthread_self(), "heddle-l7");
	static_cast<Worker*>(worker)->run();
	return nullptr;
}

bool Engine::start(const std::vector<int>& listeners, unsigned threads, const Limits& limits, Hooks hooks, std::string& fault) {
	if (!workers_.empty()) return fault = "the engine runs already", false;
	shared_->limits = limits;
	shared_->hooks = std::move(hooks);
	for (unsigned i = 0; i < threads; i++) {
		workers_.push_back(std::make_unique<Worker>(*shared_, listeners));
		if (workers_.back()->open()) continue;
		fault = std::string("a thread's epoll: ") + strerror(errno);
		workers_.clear();
		return false;
	}
	for (auto& worker : workers_) {
		pthread_t thread;
		int failure = pthread_create(&thread, nullptr, runWorker, worker.get());
		if (failure) return fault = std::string("a thread: ") + strerror(failure), stop(), false;
		threads_.push_back(thread);
	}
	return true;
}

void Engine::review() {
	for (auto& worker : workers_) worker->review();
}

void Engine::stop() {
	for (auto& worker : workers_) worker->stop();
	for (pthread_t thread : threads_) pthread_join(thread, nullptr);
	threads_.clear();
	workers_.clear();
}

}  // namespace heddle::l7
