#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <utility>

#include "characters.h"
#include "connection.h"

namespace heddle::l7 {

static bool isSafe(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

/** Who asks again changes nothing (RFC 9110, 9.2.2), and there is no body that would have to be kept. */
static bool canAskAgain(std::string_view method, const Stream& request) {
	return request.body.isDone() && request.ready == 0 && isSafe(method);
}

UpstreamKey Connection::upstreamKey() const {
	const PolicyAnswer& answer = standing_.answer;
	return {info_.ends(), answer.sourceEndpoint, answer.destinationEndpoint};
}

/** For `forward`: a new one, or one that another of this client's connections has left. */
bool Connection::reachUpstream() {
	if (upstream_->isOpen()) return true;
	if (exchange_.isTunnel() || !canAskAgain(exchange_.method, request_)) return connectUpstream();
	std::unique_ptr<Upstream> waiting = context_.upstreams.take(upstreamKey());
	if (!waiting) return connectUpstream();
	upstream_ = std::move(waiting);
	upstream_->owner = this;
	upstreamConnected_ = true;
	takenOver_.assign(request_.out);
	return true;
}

bool Connection::connectUpstream() {
	upstream_->fd = context_.shared.hooks->connectUpstream(info_);
	upstreamConnected_ = false;
	if (!upstream_->isOpen()) return false;
	int on = 1;
	setsockopt(upstream_->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (!standing_.answer.destinationEndpoint) paceAsRemote(upstream_->fd);
	upstream_->owner = this;
	epoll_event event = {};
	event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
	event.data.u64 = reinterpret_cast<uint64_t>(upstream_.get()) | 1;
	return epoll_ctl(context_.epoll, EPOLL_CTL_ADD, upstream_->fd, &event) == 0;
}

/** Its other end is on another machine; the namespace's congestion control is for ends on this one. */
void Connection::paceAsRemote(int fd) const {
	const std::string& name = context_.shared.hooks->remoteCongestion;
	if (!name.empty()) setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name.data(), static_cast<socklen_t>(name.size()));
}

/** One that was taken over may have ended just then: its server has seen nothing of this request, or may see it again. */
bool Connection::askAgain() {
	if (takenOver_.empty() || exchange_.answered || !response_.in.isEmpty()) return false;
	upstream_->reset();
	upstream_->renew();
	upstreamLost_ = false;
	request_.out.assign(takenOver_);
	request_.outSent = 0;
	takenOver_.clear();
	if (!connectUpstream()) return false;
	arm(limits().connectTimeout);
	return true;
}

/** NTLM and Negotiate speak for whoever has the connection (RFC 4559, 6). */
void Connection::noteAuthorization(const RequestHead& head) {
	for (const Field& field : head.fields) {
		if (!equalsIgnoringCase(field.name, "Authorization")) continue;
		std::string_view scheme = field.value.substr(0, field.value.find(' '));
		isOneClients_ |= equalsIgnoringCase(scheme, "NTLM") || equalsIgnoringCase(scheme, "Negotiate");
	}
}

/** `close` speaks of one connection (RFC 9112, 9.6): the client's ends, another of its connections takes over the server's. */
bool Connection::endsHere(const RequestHead& head) const {
	bool tunnel = head.isConnect() || !head.upgrade.empty();
	bool kept = limits().upstreamIdle > 0 && !isOneClients_ && !tunnel;
	return kept && !head.keepAlive && head.http11 && !head.hasBody() && isSafe(head.method);
}

/** The client has gone between two requests. */
void Connection::leaveUpstream() {
	bool idle = phase_ == Phase::Head && upstreamConnected_ && !upstreamLost_ && responseKeepAlive_ && !isOneClients_ &&
		request_.isFlushed();
	bool silent = upstream_->isSilent() && upstream_->writable && response_.in.isEmpty();
	if (!upstream_->isOpen() || !idle || !silent || limits().upstreamIdle == 0) return upstream_->close();
	upstream_->owner = nullptr;
	auto none = std::make_unique<Upstream>();
	context_.upstreams.give(upstreamKey(), std::exchange(upstream_, std::move(none)), context_.nowMs);
}

}  // namespace heddle::l7
