#include "connection.h"

#include <sys/epoll.h>

#include "clock.h"

namespace heddle::l7 {

/** Steps until others have their turn. */
static constexpr int kStepsInARow = 64;

Connection::Connection(Context& context, const ConnectionInfo& info)
	: context_(context), info_(info), request_(context.pool), response_(context.pool) {
	client_.fd = info.fd;
	client_.writable = true;
	context_.shared.statistics.connections++;
	// Whose it is: later its addresses may be others'.
	context_.shared.hooks->judge(info_, standing_);
	if (!standing_.answer.sourceEndpoint) paceAsRemote(info.fd);
	waitForHead();
}

Connection::~Connection() {
	context_.wheel.disarm(*this);
	context_.shared.clients.leave(info_.listener->network, info_.client);
	context_.shared.statistics.connections--;
	context_.pipes.give(request_.pipe, request_.piped);
	context_.pipes.give(response_.pipe, response_.piped);
}

void Connection::noteEvents(bool ofUpstream, unsigned events) {
	Socket& socket = ofUpstream ? *upstream_ : client_;
	socket.noteEvents(events);
	// A reset is not an end: nothing that is under way can be completed.
	if ((events & EPOLLERR) && !ofUpstream) client_.failed = true;
	if (!ofUpstream || !(events & EPOLLOUT) || (events & EPOLLERR)) return;
	if (!upstreamConnected_ && phase_ == Phase::Exchange) arm(exchangePeriod());
	if (!upstreamConnected_ && phase_ == Phase::Tunnel) arm(limits().tunnelTimeout);
	upstreamConnected_ = true;
}

bool Connection::step() {
	if (client_.failed && phase_ != Phase::Closing) {
		if (phase_ == Phase::Head) leaveUpstream();
		return abort(), false;
	}
	switch (phase_) {
	case Phase::Head: return stepHead();
	case Phase::Hello: return stepHello();
	case Phase::Discard: return stepDiscard();
	case Phase::Exchange: return stepExchange();
	case Phase::Tunnel: return stepTunnel();
	case Phase::Closing: return stepClosing();
	}
	return false;
}

bool Connection::drive() {
	for (int steps = 0; steps < kStepsInARow; steps++)
		if (gone_ || !step()) return false;
	return !gone_;
}

int Connection::wantsRoom() {
	if (client_.writable || awaitsRoom_) return -1;
	awaitsRoom_ = true;
	return client_.fd;
}

void Connection::collect(SendBatch& batch) {
	if (gone_) return;
	if (request_.isPosted) batch.add(*upstream_, request_);
	if (response_.isPosted) batch.add(client_, response_);
	request_.isPosted = response_.isPosted = false;
}

void Connection::abort() {
	client_.reset();
	upstream_->reset();
	gone_ = true;
}

void Connection::finish() {
	client_.close();
	upstream_->close();
	gone_ = true;
}

void Connection::arm(uint32_t milliseconds) { context_.wheel.arm(*this, milliseconds ? context_.nowMs + milliseconds : 0); }

void Connection::review() {
	if (gone_) return;
	if (info_.listener->removed) return abort();
	if (phase_ == Phase::Closing) return;
	context_.shared.hooks->judge(info_, standing_);
	// What is in a tunnel cannot be judged again: it stays while the rules that let it in do, or its server's name is allowed.
	bool isTunnel = phase_ == Phase::Tunnel || (phase_ == Phase::Exchange && exchange_.isTunnel());
	bool stays = !isTunnel || standing_.rules == tunnelRules_ || keepsServerName();
	if (!standing_.rules.any() || !stays) abort();
}

void Connection::record(AccessRecord::Kind kind, uint16_t status, bool denied, std::string_view reason) {
	AccessRecord record;
	record.kind = kind;
	record.denied = denied;
	record.mismatched = exchange_.mismatched;
	record.status = status;
	record.time = wallNs();
	record.connection = info_.id;
	if (kind == AccessRecord::Kind::Response) record.latencyNs = steadyNs() - exchange_.startNs;
	record.client = info_.client;
	record.destination = info_.destination;
	record.method = exchange_.method;
	record.url = exchange_.url;
	record.protocol = exchange_.protocol;
	record.reason = reason;
	record.headers = exchange_.headers;
	context_.shared.hooks->record(info_, standing_, record);
}

}  // namespace heddle::l7
