#include <algorithm>

#include "answer.h"
#include "connection.h"

namespace heddle::l7 {

void Connection::openTunnel() {
	phase_ = Phase::Tunnel;
	lastMoveMs_ = context_.nowMs;
	arm(upstreamConnected_ ? limits().tunnelTimeout : limits().connectTimeout);
}

bool Connection::stepTunnel() {
	bool moved = pumpTunnel(client_, *upstream_, request_);
	if (gone_) return false;
	moved |= pumpTunnel(*upstream_, client_, response_);
	if (gone_) return false;
	if (client_.shut && upstream_->shut) return finish(), false;
	if (moved) lastMoveMs_ = context_.nowMs;
	return moved;
}

bool Connection::pumpTunnel(Socket& from, Socket& to, Stream& stream) {
	stream.ready = stream.in.size();
	bool moved = flush(to, stream) == Moved::Some;
	uint64_t taken;
	bool splices = stream.out.empty() && stream.in.isEmpty() && context_.pipes.take(stream.pipe);
	Moved read = splices ? spliceThrough(from, to, stream, UINT64_MAX, taken) : fill(from, stream, BlockPool::kBlock);
	moved |= read == Moved::Some;
	if (from.failed || to.failed) {
		if (!upstreamConnected_) context_.shared.statistics.upstreamFailures.fetch_add(1, std::memory_order_relaxed);
		return abort(), false;
	}
	stream.ready = stream.in.size();
	if (!from.ended || !stream.isFlushed() || to.shut) return moved;
	to.shutdownWrites();
	return true;
}

void Connection::beginClosing(bool linger) {
	leaveUpstream();
	phase_ = Phase::Closing;
	lingering_ = linger || client_.readable;
	arm(limits().lingerTimeout ? limits().lingerTimeout : 1);
}

/** Closed at once, what the client still sends would be answered by a reset, which may overtake our last answer. */
bool Connection::stepClosing() {
	flush(client_, response_, response_.piped == 0);
	if (client_.failed) return abort(), false;
	if (!response_.isFlushed()) return false;
	if (!lingering_ || client_.ended) return finish(), false;
	client_.shutdownWrites();
	request_.in.clear();
	Moved moved = fill(client_, request_, BlockPool::kBlock);
	if (moved == Moved::Ended || moved == Moved::Failed) return finish(), false;
	return moved == Moved::Some;
}

void Connection::onDeadline() {
	if (phase_ == Phase::Closing) return response_.isFlushed() ? finish() : abort();
	if (phase_ == Phase::Exchange) return onExchangeDeadline();
	uint64_t still = context_.nowMs - lastMoveMs_;
	if (phase_ == Phase::Tunnel && upstreamConnected_ && still < limits().tunnelTimeout)
		return arm(static_cast<uint32_t>(limits().tunnelTimeout - still));
	uint64_t least = static_cast<uint64_t>(limits().bodyRate) * limits().bodyTimeout / 1000;
	if (phase_ == Phase::Discard && movedBytes_ >= std::max<uint64_t>(least, 1)) {
		movedBytes_ = 0;
		return arm(limits().bodyTimeout);
	}
	context_.shared.statistics.timeouts.fetch_add(1, std::memory_order_relaxed);
	if (phase_ == Phase::Hello) return refuseTls("a ClientHello that comes too slowly");
	if (phase_ == Phase::Tunnel) return abort();
	if (phase_ == Phase::Head && headBegun_) return refuse({408, "a head that comes too slowly"});
	beginClosing(false);
}

bool Connection::isTooSlow(bool byRate) const {
	uint64_t still = context_.nowMs - lastMoveMs_;
	if (!byRate) return limits().responseTimeout && still >= limits().responseTimeout;
	uint64_t least = static_cast<uint64_t>(limits().bodyRate) * limits().bodyTimeout / 1000;
	return limits().bodyTimeout && movedBytes_ < std::max<uint64_t>(least, 1);
}

uint32_t Connection::exchangePeriod() const {
	uint32_t body = limits().bodyTimeout, response = limits().responseTimeout;
	return body && response ? std::min(body, response) : std::max(body, response);
}

/** A client is held to a rate, a server to an answer. */
void Connection::onExchangeDeadline() {
	auto& timeouts = context_.shared.statistics.timeouts;
	bool requestDone = isRequestDone() || upstreamLost_, slow = false;
	if (!upstreamConnected_) slow = true;
	else if (!requestDone) slow = isTooSlow(request_.isFlushed());
	else if (exchange_.responded && !response_.isFlushed()) slow = isTooSlow(true);
	else slow = isTooSlow(false);
	if (slow) timeouts.fetch_add(1, std::memory_order_relaxed);
	bool byClient = upstreamConnected_ && !requestDone && request_.isFlushed();
	if (slow)
		return refuseExchange(byClient ? Refusal{408, "a body that comes too slowly"} : Refusal{504, "no answer in time"});
	movedBytes_ = 0;
	arm(exchangePeriod());
}

}  // namespace heddle::l7
