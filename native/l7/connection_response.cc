#include "connection.h"

namespace heddle::l7 {

/** Of a body, read ahead of who takes it. */
static constexpr size_t kBodyAhead = 64 << 10;
static constexpr unsigned kMostInterims = 16;

bool Connection::stepExchange() {
	bool moved = pumpRequest();
	if (phase_ != Phase::Exchange || gone_) return !gone_;
	return pumpResponse() || moved;
}

bool Connection::pumpResponse() {
	bool moved = false;
	if (!exchange_.responded) moved = takeResponseHead();
	else if (response_.hasMore()) moved = readResponseBody();
	if (phase_ != Phase::Exchange || gone_) return !gone_;
	if (flush(client_, response_, isLast() && response_.body.isDone() && response_.piped == 0) == Moved::Some) {
		moved = true;
		lastMoveMs_ = context_.nowMs;
		exchange_.answered |= exchange_.interims > 0;
	}
	if (client_.failed) return abort(), false;
	if (!exchange_.responded || !response_.body.isDone() || !response_.isFlushed()) return moved;
	finishExchange();
	return phase_ != Phase::Exchange ? !gone_ : moved;
}

static bool cannotBeAResponse(std::string_view text) {
	constexpr std::string_view kBegin = "HTTP/1.";
	return text.substr(0, kBegin.size()) != kBegin.substr(0, text.size());
}

bool Connection::takeResponseHead() {
	std::string_view text = response_.unjudged();
	if (!text.empty()) {
		if (!request_.out.empty()) return refuseExchange(badGateway("a response before its request")), true;
		Scan scan = responseScan_.scan(text);
		if (scan == Scan::Complete) return onResponseHead(responseScan_.length());
		if (scan == Scan::Bad) return refuseExchange(badGateway("a line not ended by CR LF")), true;
		if (cannotBeAResponse(text)) return refuseExchange(badGateway("what is not HTTP/1")), true;
		if (text.size() > limits().head) return refuseExchange(badGateway("a head that is too long")), true;
	}
	if (!upstreamConnected_ && !upstream_->ending) return false;
	Moved moved = fill(*upstream_, response_, limits().head + kBodyAhead);
	if (moved == Moved::Nothing && (upstream_->ended || upstream_->failed)) moved = Moved::Ended;
	if (moved == Moved::Ended || moved == Moved::Failed) return onUpstreamEnd(), true;
	return moved == Moved::Some;
}

bool Connection::onResponseHead(size_t length) {
	ResponseHead& head = context_.response;
	Refusal refusal = badGateway("a head that is too long");
	std::string_view text = response_.unjudged();
	if (length <= limits().head) refusal = parseResponseHead(text.substr(0, length), exchange_.method, limits(), head);
	if (!refusal && head.status == 101 && exchange_.upgrade.empty()) refusal = badGateway("101 to who did not ask");
	if (!refusal && head.isInterim() && ++exchange_.interims > kMostInterims)
		refusal = badGateway("too many interim responses");
	if (refusal) return refuseExchange(refusal), true;
	if (!head.isInterim()) {
		responseScan_.reset();
		return onFinalHead(head, length), true;
	}
	exchange_.continued |= head.status == 100;
	responseScan_.reset();
	// HTTP/1.0 knows none; interim heads follow each other at once only where the client took the former.
	if (!exchange_.http11) return response_.in.consume(length), true;
	response_.judged(length);
	return true;
}

void Connection::onFinalHead(const ResponseHead& head, size_t length) {
	bool opens = head.status == 101 || (exchange_.method == "CONNECT" && head.status >= 200 && head.status < 300);
	Refusal refusal;
	response_.body.begin(head.body);
	size_t taken = opens ? 0 : response_.body.take(response_.unjudged().substr(length), limits(), refusal);
	record(AccessRecord::Kind::Response, head.status, false, {});
	if (refusal) return refuseExchange({502, refusal.reason});
	exchange_.responded = exchange_.answered = true;
	responseKeepAlive_ = head.keepAlive;
	passFinalHead(head, length);
	response_.judged(taken);
	if (opens) openTunnel();
}

void Connection::passFinalHead(const ResponseHead& head, size_t length) {
	if (!exchange_.endsHere || !head.keepAlive) return response_.judged(length);
	// Interim heads may still be before it.
	response_.out.append(response_.in.view().substr(0, response_.ready));
	writeLastResponseHead(response_.unjudged().substr(0, length), head, response_.out);
	response_.in.consume(response_.ready + length);
	response_.ready = 0;
}

bool Connection::readResponseBody() {
	bool moved = false;
	if (!passBody(*upstream_, client_, response_, moved)) {
		if (response_.isFlushed() || response_.in.size() < kBodyAhead)
			moved = fill(*upstream_, response_, kBodyAhead + limits().head) == Moved::Some;
		Refusal refusal;
		size_t taken = response_.body.take(response_.unjudged(), limits(), refusal);
		response_.judged(taken);
		movedBytes_ += taken;
		if (refusal) return abort(), false;
	}
	if (!upstream_->ended && !upstream_->failed) return moved;
	if (response_.body.isDone()) return moved;
	if (response_.body.isUntilClose() && !upstream_->failed && response_.piped == 0) return response_.body.end(), true;
	// Cut short: what has come is delivered, and then the client learns that it is not whole.
	if (response_.isFlushed()) return abort(), false;
	return moved;
}

void Connection::onUpstreamEnd() {
	if (askAgain()) return;
	if (!upstreamConnected_) return refuseExchange({503, "the server takes no connection"});
	refuseExchange(badGateway(response_.unjudged().empty() ? "the server ended without an answer" : "a head without its end"));
}

/** The client's connection ends with this response. */
bool Connection::isLast() const {
	return exchange_.responded && (!exchange_.keepAlive || !responseKeepAlive_ || upstreamLost_);
}

void Connection::finishExchange() {
	bool last = isLast();
	context_.pipes.give(response_.pipe, response_.piped);
	if (!isRequestDone()) {
		// Without 100 the client may send its body, or not: where the next request begins is unknown.
		bool unknown = exchange_.expectContinue && !exchange_.continued;
		if (last || unknown) beginClosing(true);
		return;
	}
	context_.pipes.give(request_.pipe, request_.piped);
	if (response_.in.isEmpty() && !last) return waitForHead();
	// Between two requests, of which the next is another connection's.
	if (response_.in.isEmpty() && exchange_.endsHere) phase_ = Phase::Head;
	// More than was asked for would be taken for the answer to the next request.
	if (!response_.in.isEmpty()) upstream_->reset();
	response_.in.clear();
	beginClosing(false);
}

}  // namespace heddle::l7
