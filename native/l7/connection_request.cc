#include "answer.h"
#include "connection.h"

namespace heddle::l7 {

/** Below this, copying is cheaper than a pipe. */
static constexpr uint64_t kSpliceFrom = 64 << 10;
/** Of a body, read ahead of who takes it. */
static constexpr size_t kBodyAhead = 64 << 10;

void Connection::forward(RequestHead& head, size_t length) {
	exchange_.endsHere = endsHere(head);
	head.keepAlive |= exchange_.endsHere;
	writeRequestHead(head, request_.out);
	request_.body.begin(head.body);
	request_.in.consume(length);
	responseScan_.reset();
	phase_ = Phase::Exchange;
	upstreamLost_ = false;
	movedBytes_ = 0;
	lastMoveMs_ = context_.nowMs;
	// What of the body is here already is judged before anything of the request leaves.
	Refusal refusal;
	request_.judged(request_.body.take(request_.unjudged(), limits(), refusal));
	if (refusal) return refuseExchange(refusal);
	record(AccessRecord::Kind::Request, 0, false, {});
	exchange_.requestEndMs = context_.nowMs;
	takenOver_.clear();
	if (!reachUpstream()) return refuseExchange({503, "no connection to the server"});
	arm(upstreamConnected_ ? exchangePeriod() : limits().connectTimeout);
}

bool Connection::isRequestDone() const { return request_.body.isDone() && request_.isFlushed(); }

/** Nothing more of this request goes out; the client is told why as long as it has seen nothing of a response. */
void Connection::refuseExchange(const Refusal& refusal) {
	upstream_->reset();
	request_.out.clear();
	request_.outSent = request_.ready = 0;
	context_.pipes.give(request_.pipe, request_.piped);
	request_.piped = 0;
	request_.in.clear();
	if (exchange_.answered) return abort();
	bool denied = refusal.status < 500;
	if (denied) context_.shared.statistics.malformed.fetch_add(1, std::memory_order_relaxed);
	else context_.shared.statistics.upstreamFailures.fetch_add(1, std::memory_order_relaxed);
	record(denied ? AccessRecord::Kind::Request : AccessRecord::Kind::Response, refusal.status, denied, refusal.reason);
	response_.in.clear();
	response_.ready = 0;
	writeAnswer(refusal.status, {false, exchange_.http11, exchange_.method == "HEAD"}, response_.out);
	beginClosing(true);
}

bool Connection::pumpRequest() {
	if (upstreamLost_) return false;
	bool moved = flush(*upstream_, request_) == Moved::Some;
	if (moved) lastMoveMs_ = context_.nowMs;
	if (!upstream_->failed && request_.hasMore() && phase_ == Phase::Exchange) moved |= readRequestBody();
	if (phase_ != Phase::Exchange || gone_) return !gone_;
	if (request_.isFlushed() && moved) exchange_.requestEndMs = context_.nowMs;
	if (!upstream_->failed) return moved;
	// It does not read on; what it has said before may still be there.
	upstreamLost_ = true;
	upstream_->failed = false;
	upstream_->readable = true;
	return true;
}

bool Connection::readRequestBody() {
	bool moved = false;
	if (!passBody(client_, *upstream_, request_, moved)) {
		Refusal refusal;
		if (request_.isFlushed() || request_.in.size() < kBodyAhead) {
			Moved read = fill(client_, request_, kBodyAhead);
			moved |= read == Moved::Some;
		}
		size_t taken = request_.body.take(request_.unjudged(), limits(), refusal);
		request_.judged(taken);
		movedBytes_ += taken;
		if (refusal) return refuseExchange(refusal), true;
	}
	// A body without its end: the server must not take it for a whole one.
	if ((client_.ended || client_.failed) && !request_.body.isDone()) return abort(), false;
	return moved;
}

/** By splice, where much is to come. false: it has to be read. */
bool Connection::passBody(Socket& from, Socket& to, Stream& stream, bool& moved) {
	uint64_t plain = stream.body.isUntilClose() ? UINT64_MAX : stream.body.plainBytes();
	bool splices = stream.piped > 0 ||
		(plain >= kSpliceFrom && stream.in.isEmpty() && stream.isFlushed() && context_.pipes.take(stream.pipe));
	if (!splices) return false;
	uint64_t taken;
	moved = spliceThrough(from, to, stream, plain, taken) == Moved::Some;
	if (taken && !stream.body.isUntilClose()) stream.body.skip(taken);
	movedBytes_ += taken;
	if (moved) lastMoveMs_ = context_.nowMs;
	return true;
}

}  // namespace heddle::l7
