#include "engine.h"

#include <signal.h>

#include <cerrno>
#include <cstring>

#include "worker.h"

namespace heddle::dns {

/** Tickets of a worker have its number here. */
static constexpr unsigned kTicketShift = 45;

Engine::Engine() : shared_(std::make_unique<Shared>()) {}

Engine::~Engine() { stop(); }

const Statistics& Engine::statistics() const { return shared_->statistics; }

/** Signals are the caller's threads' business. */
static void* runWorker(void* worker) {
	sigset_t all;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, nullptr);
	pthread_setname_np(pthread_self(), "heddle-dns");
	static_cast<Worker*>(worker)->run();
	return nullptr;
}

bool Engine::start(unsigned threads, const Limits& limits, Hooks& hooks, std::string& fault) {
	if (!workers_.empty()) return fault = "the engine runs already", false;
	shared_->limits = limits;
	shared_->hooks = &hooks;
	shared_->queries.limit(limits.queries, limits.queriesPerClient);
	shared_->connections.limit(limits.connections, limits.connectionsPerClient);
	for (unsigned i = 0; i < threads; i++) {
		workers_.push_back(std::make_unique<Worker>(*shared_, i, (uint64_t{i} << kTicketShift) + 1));
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

void Engine::tellAll(const Order& order) {
	for (auto& worker : workers_) worker->mailbox().post(Order(order));
}

bool Engine::tellEachAndWait(Order order) {
	bool all = true;
	for (auto& worker : workers_) {
		Latch done;
		order.done = &done;
		worker->mailbox().post(Order(order));
		all = done.wait() && all;
	}
	return all;
}

bool Engine::addListener(std::shared_ptr<Listener> listener) {
	uint32_t network = listener->network;
	Order order(Order::Kind::Add);
	order.listener = std::move(listener);
	if (tellEachAndWait(std::move(order))) return true;
	removeListeners(network);
	return false;
}

void Engine::removeListeners(uint32_t network) {
	Order order(Order::Kind::Remove);
	order.network = network;
	tellEachAndWait(std::move(order));
}

void Engine::release(uint64_t ticket, bool learned) {
	uint64_t number = ticket >> kTicketShift;
	if (number >= workers_.size()) return;
	Order order(Order::Kind::Release);
	order.ticket = ticket;
	order.learned = learned;
	workers_[number]->mailbox().post(std::move(order));
}

void Engine::forget(const std::string& name) {
	Order order(Order::Kind::Forget);
	order.name = name;
	tellAll(order);
}

void Engine::review() { tellAll(Order(Order::Kind::Review)); }

void Engine::stop() {
	for (size_t i = 0; i < threads_.size(); i++) workers_[i]->mailbox().post(Order(Order::Kind::Stop));
	for (pthread_t thread : threads_) pthread_join(thread, nullptr);
	threads_.clear();
	workers_.clear();
}

}  // namespace heddle::dns
