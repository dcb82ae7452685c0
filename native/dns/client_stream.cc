#include "client_stream.h"

#include <sys/epoll.h>

#include <algorithm>

#include "client_streams.h"
#include "exchanges.h"
#include "tcp_upstream.h"

namespace heddle::dns {

/** Of answers that the client does not read. */
static constexpr size_t kMostPending = 128 << 10;
/** Of those to queries that were taken before: the connection is ended. */
static constexpr size_t kFarTooMuchPending = 512 << 10;
/** Queries taken before others have their turn. */
static constexpr int kQueriesInARow = 64;

ClientStream::ClientStream(Context& context, Exchanges& exchanges, ClientStreams& all, const ClientInfo& info, int fd)
	: context_(context), exchanges_(exchanges), all_(all), path_{info, -1, this}, stream_(fd) {
	context_.arm(*this, context_.shared.limits.connectionIdle);
}

ClientStream::~ClientStream() { context_.shared.connections.leave(path_.info); }

bool ClientStream::isFull() const {
	return exchanging_.size() >= context_.shared.limits.pipelined || stream_.pending() >= kMostPending;
}

void ClientStream::put(std::string_view message, uint16_t id) {
	if (stream_.pending() < kFarTooMuchPending) stream_.put(message, id);
	else stream_.breakOff();
}

void ClientStream::onEvents(uint32_t events) {
	stream_.noteEvents(events);
	drive();
}

void ClientStream::onQuery(std::string_view message) {
	context_.arm(*this, context_.shared.limits.connectionIdle);
	if (!exchanges_.take(path_, message)) abort();
}

/** false: nothing more to be had now. */
bool ClientStream::take(int& left) {
	std::string_view message;
	if (ended_ || isFull()) return false;
	if (left-- == 0) return all_.queue(*this), false;
	MessageStream::Got got = stream_.next(context_.shared.limits.query, message);
	if (got == MessageStream::Got::Message) return onQuery(message), !gone_;
	if (got == MessageStream::Got::Failed) abort();
	ended_ = got == MessageStream::Got::End;
	return false;
}

void ClientStream::drive() {
	stream_.flush();
	for (int left = kQueriesInARow; take(left);) continue;
	if (!gone_ && ended_ && exchanging_.empty() && stream_.pending() == 0) rest();
}

/** Both sides have said all: an end, not a reset. */
void ClientStream::rest() {
	stream_.finish();
	abort();
}

void ClientStream::onDeadline() {
	if (exchanging_.empty() || stream_.pending() > 0) return abort();
	context_.arm(*this, context_.shared.limits.connectionIdle);
}

void ClientStream::left(Exchange& exchange) {
	exchanging_.erase(std::find(exchanging_.begin(), exchanging_.end(), &exchange));
	if (!gone_) all_.queue(*this);
}

TcpUpstream* ClientStream::upstream() {
	if (upstream_) return upstream_;
	int fd = exchanges_.openUpstream(path_.info);
	if (fd < 0) return nullptr;
	upstream_ = new TcpUpstream(context_, exchanges_, *this, fd);
	if (context_.watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *upstream_)) return upstream_;
	delete upstream_;
	return upstream_ = nullptr;
}

void ClientStream::abort() {
	if (gone_) return;
	gone_ = true;
	while (!exchanging_.empty()) exchanges_.cancel(*exchanging_.back());
	if (upstream_) upstream_->end("client left");
	stream_.reset();
	all_.ended(*this);
}

}  // namespace heddle::dns
