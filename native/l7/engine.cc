#include "engine.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
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

bool Engine::start(unsigned threads, const Limits& limits, Hooks& hooks, std::string& fault) {
	if (!workers_.empty()) return fault = "the engine runs already", false;
	shared_->limits = limits;
	shared_->hooks = &hooks;
	for (unsigned i = 0; i < threads; i++) {
		workers_.push_back(std::make_unique<Worker>(*shared_, i));
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

bool Engine::addListener(const std::shared_ptr<Listener>& listener, std::string& fault) {
	listener->id = nextListener_++;
	// Inherited by what it takes. A request needs no acknowledgement of its own: its response comes along.
	int on = 1, off = 0;
	setsockopt(listener->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(listener->fd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof(off));
	for (auto& worker : workers_) {
		if (worker->addListener(listener)) continue;
		fault = std::string("a thread's epoll: ") + strerror(errno);
		for (auto& other : workers_) other->removeListener(*listener);
		return false;
	}
	listeners_.push_back(listener);
	return true;
}

bool Engine::hasListeners(uint32_t network) const {
	auto isOf = [network](const std::shared_ptr<Listener>& listener) { return listener->network == network; };
	return std::any_of(listeners_.begin(), listeners_.end(), isOf);
}

bool Engine::removeListeners(uint32_t network) {
	auto isOther = [network](const std::shared_ptr<Listener>& listener) { return listener->network != network; };
	auto removed = std::stable_partition(listeners_.begin(), listeners_.end(), isOther);
	if (removed == listeners_.end()) return false;
	for (auto each = removed; each != listeners_.end(); ++each) {
		(*each)->removed = true;
		// A thread may still hold it: nothing is accepted from now on.
		shutdown((*each)->fd, SHUT_RDWR);
		for (auto& worker : workers_) worker->removeListener(**each);
	}
	listeners_.erase(removed, listeners_.end());
	review();
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
	listeners_.clear();
}

}  // namespace heddle::l7
