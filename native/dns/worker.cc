#include "worker.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "l7/clock.h"

namespace heddle::dns {

static uint64_t steadyMs() { return l7::steadyNs() / 1'000'000; }

Worker::~Worker() {
	// Streams cancel their exchanges, which say so to their sockets; all of them end in what is gone.
	if (streams_) streams_->abortIf([](const ClientInfo&) { return true; });
	exchanges_.reset();
	if (context_) context_->gone.clear();
	if (epoll_ >= 0) close(epoll_);
}

bool Worker::open() {
	epoll_ = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_ < 0 || !mailbox_.open() || !spare_.open()) return false;
	context_ = std::make_unique<Context>(shared_, number_, epoll_, steadyMs());
	exchanges_ = std::make_unique<Exchanges>(*context_, firstTicket_);
	streams_ = std::make_unique<ClientStreams>(*context_, *exchanges_);
	return context_->watch(mailbox_.fd(), EPOLLIN, *this);
}

/** After the round's events: what ends here, none of them names any more. */
void Worker::obeyAll() {
	for (Order& order : mailbox_.collect()) {
		bool succeeded = obey(order);
		if (!order.done) continue;
		endRound();
		order.done->open(succeeded);
	}
}

/** What is to be sent has its socket until then. */
void Worker::endRound() {
	context_->outgoing.flush();
	context_->gone.clear();
}

bool Worker::obey(Order& order) {
	switch (order.kind) {
	case Order::Kind::Release: return exchanges_->lessons().release(order.ticket, order.learned), true;
	case Order::Kind::Forget: return forget(order.name), true;
	case Order::Kind::Add: return add(order.listener);
	case Order::Kind::Remove: return remove(order.network), true;
	case Order::Kind::Review: return review(), true;
	case Order::Kind::Stop: return stopping_ = true;
	}
	return false;
}

void Worker::forget(const std::string& name) {
	context_->known.forget(name);
	exchanges_->lessons().forget(name);
}

bool Worker::add(const std::shared_ptr<Listener>& listener) {
	bool all = true;
	for (int fd : listener->udp)
		all = addPort(fd, std::make_unique<UdpPort>(*exchanges_, listener, number_, fd), listener->network) && all;
	for (int fd : listener->tcp)
		all = addPort(fd, std::make_unique<TcpPort>(*streams_, *context_, spare_, listener, fd), listener->network) && all;
	return all;
}

bool Worker::addPort(int fd, std::unique_ptr<Watched> port, uint32_t network) {
	if (!context_->watch(fd, EPOLLIN | EPOLLEXCLUSIVE, *port)) return false;
	ports_.emplace(network, Port{fd, std::move(port)});
	return true;
}

void Worker::remove(uint32_t network) {
	streams_->abortIf([&](const ClientInfo& info) { return info.listener->network == network; });
	exchanges_->cancelAll(network);
	auto [begin, end] = ports_.equal_range(network);
	for (auto port = begin; port != end; ++port) {
		epoll_ctl(epoll_, EPOLL_CTL_DEL, port->second.fd, nullptr);
		context_->gone.push_back(std::move(port->second.watched));
	}
	ports_.erase(begin, end);
}

void Worker::review() {
	streams_->abortIf([&](const ClientInfo& info) { return exchanges_->isUnredirected(info); });
}

int Worker::patience() const {
	if (streams_->hasQueued()) return 0;
	return shared_.statistics.sockets || shared_.statistics.active || !streams_->isEmpty() ? int{l7::TimerWheel::kStepMs}
																						   : 1000;
}

void Worker::run() {
	epoll_event events[kEvents];
	while (!stopping_) {
		int count = epoll_wait(epoll_, events, kEvents, patience());
		context_->nowMs = steadyMs();
		for (int i = 0; i < count; i++) {
			auto& watched = *static_cast<Watched*>(events[i].data.ptr);
			if (!watched.isGone()) watched.onEvents(events[i].events);
		}
		if (ordered_) obeyAll();
		ordered_ = false;
		streams_->driveQueued();
		context_->wheel.advance(context_->nowMs, [](l7::Timed& timed) { static_cast<Deadlined&>(timed).onDeadline(); });
		endRound();
	}
}

}  // namespace heddle::dns
