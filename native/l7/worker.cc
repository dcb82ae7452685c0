#include "worker.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>

#include "clock.h"

namespace heddle::l7 {

// Tags of epoll: a connection's address, an upstream's with the lowest bit set, or one of these with the second bit.
static constexpr uint64_t kListener = 2, kWake = 3;
static constexpr uint64_t kKind = 3;
/** Connections taken before those that are open have their turn. */
static constexpr int kAcceptedInARow = 64;
/** Connections whose bytes wait for each other. */
static constexpr size_t kMostPosted = 64;

static uint64_t steadyMs() { return steadyNs() / 1'000'000; }

static bool watch(int epoll, int fd, uint32_t events, uint64_t tag) {
	epoll_event event = {};
	event.events = events;
	event.data.u64 = tag;
	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

Worker::~Worker() {
	gone_.clear();
	for (Connection* connection : connections_) delete connection;
	for (int fd : {epoll_, wake_, spare_})
		if (fd >= 0) close(fd);
}

bool Worker::open() {
	epoll_ = epoll_create1(EPOLL_CLOEXEC);
	wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	spare_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (epoll_ < 0 || wake_ < 0 || spare_ < 0) return false;
	context_ = std::make_unique<Context>(shared_, epoll_, steadyMs());
	return watch(epoll_, wake_, EPOLLIN, kWake);
}

bool Worker::addListener(const std::shared_ptr<Listener>& listener) {
	std::lock_guard<std::mutex> lock(listenersMutex_);
	if (!watch(epoll_, listener->fd, EPOLLIN | EPOLLEXCLUSIVE, listener->id << 2 | kListener)) return false;
	listeners_.emplace(listener->id, listener);
	return true;
}

void Worker::removeListener(const Listener& listener) {
	std::lock_guard<std::mutex> lock(listenersMutex_);
	if (listeners_.erase(listener.id)) epoll_ctl(epoll_, EPOLL_CTL_DEL, listener.fd, nullptr);
}

std::shared_ptr<Listener> Worker::listenerOf(uint64_t id) {
	std::lock_guard<std::mutex> lock(listenersMutex_);
	auto found = listeners_.find(id);
	return found == listeners_.end() ? nullptr : found->second;
}

void Worker::wake() {
	uint64_t one = 1;
	[[maybe_unused]] ssize_t written = write(wake_, &one, sizeof(one));
}

void Worker::review() {
	reviewing_ = true;
	wake();
}

void Worker::stop() {
	stopping_ = true;
	wake();
}

void Worker::onWake() {
	uint64_t count;
	[[maybe_unused]] ssize_t length = read(wake_, &count, sizeof(count));
	if (!reviewing_.exchange(false)) return;
	context_->upstreams.clear();
	std::vector<Connection*> all = connections_;
	for (Connection* connection : all) {
		connection->review();
		if (connection->isGone()) remove(*connection);
	}
}

void Worker::remove(Connection& connection) {
	connections_[connection.place] = connections_.back();
	connections_[connection.place]->place = connection.place;
	connections_.pop_back();
	if (connection.queued) queued_.erase(std::find(queued_.begin(), queued_.end(), &connection));
	if (connection.posted) posted_.erase(std::find(posted_.begin(), posted_.end(), &connection));
	gone_.emplace_back(&connection);
}

void Worker::drive(Connection& connection) {
	if (connection.isGone()) return;
	bool more = connection.drive();
	if (!connection.isGone() && !awaitRoom(connection)) connection.abort();
	if (connection.isGone()) return remove(connection);
	if (connection.hasPosted() && !connection.posted) {
		connection.posted = true;
		posted_.push_back(&connection);
	}
	if (!more || connection.queued) return;
	connection.queued = true;
	queued_.push_back(&connection);
}

/** Most clients take whatever is sent to them: epoll is asked for room only once there was none. */
bool Worker::awaitRoom(Connection& connection) {
	int fd = connection.wantsRoom();
	if (fd < 0) return true;
	epoll_event event = {};
	event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
	event.data.u64 = reinterpret_cast<uint64_t>(&connection);
	return epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) == 0;
}

void Worker::driveQueued() {
	std::vector<Connection*> round;
	round.swap(queued_);
	for (Connection* connection : round) {
		connection->queued = false;
		drive(*connection);
	}
}

/** What those post that go on then is sent in the next round. */
void Worker::sendPosted() {
	if (posted_.empty()) return;
	std::vector<Connection*> round;
	round.swap(posted_);
	for (Connection* connection : round) {
		connection->posted = false;
		connection->collect(sends_);
	}
	sends_.send();
	for (Connection* connection : round) drive(*connection);
}

void Worker::onEvent(uint64_t tag, uint32_t events, bool alone) {
	if (tag == kWake) return onWake();
	// Mostly one is waiting; of more epoll tells again, which costs less than to ask for one that is not there.
	if ((tag & kKind) == kListener) return accept(tag >> 2, alone ? 1 : kAcceptedInARow);
	bool ofUpstream = tag & kKind;
	auto* upstream = ofUpstream ? reinterpret_cast<Upstream*>(tag & ~kKind) : nullptr;
	if (upstream && !upstream->owner) return upstream->noteEvents(events);
	Connection& connection = upstream ? *upstream->owner : *reinterpret_cast<Connection*>(tag);
	if (connection.isGone()) return;
	connection.noteEvents(ofUpstream, events);
	drive(connection);
}

void Worker::run() {
	epoll_event events[kEvents];
	while (!stopping_) {
		int timeout =
			queued_.empty() && posted_.empty() ? (connections_.empty() ? 1000 : static_cast<int>(TimerWheel::kStepMs)) : 0;
		int count = epoll_wait(epoll_, events, kEvents, timeout);
		context_->nowMs = steadyMs();
		shared_.hooks->noteTurn(context_->nowMs);
		for (int i = 0; i < count; i++) {
			size_t bulky = queued_.size();
			onEvent(events[i].data.u64, events[i].events, count == 1);
			// Nobody's few bytes wait for another's many.
			if (queued_.size() > bulky || posted_.size() >= kMostPosted) sendPosted();
		}
		if (!queued_.empty()) sendPosted();
		driveQueued();
		// Before deadlines: what is on its way is not late.
		sendPosted();
		context_->upstreams.expire(context_->nowMs, shared_.limits.upstreamIdle);
		context_->wheel.advance(context_->nowMs, [this](Timed& timed) {
			auto& connection = static_cast<Connection&>(timed);
			connection.onDeadline();
			if (connection.isGone()) remove(connection);
			else drive(connection);
		});
		gone_.clear();
	}
	for (Connection* connection : connections_) connection->abort();
}

}  // namespace heddle::l7
