#include "answer.h"
#include "characters.h"
#include "clock.h"
#include "connection.h"

namespace heddle::l7 {

/** Answers that wait for a client who does not read them: no further request is judged. */
static constexpr size_t kMostUnread = 64 << 10;

void Connection::waitForHead() {
	phase_ = Phase::Head;
	requestScan_.reset();
	headBegun_ = lineJudged_ = false;
	if (response_.out.capacity() > 1024 && response_.out.empty()) response_.out = std::string();
	if (request_.out.capacity() > 1024 && request_.out.empty()) request_.out = std::string();
	arm(limits().idleTimeout);
}

/** Between requests a server has nothing to say but that it ends. */
bool Connection::noticeIdleUpstream() {
	if (!upstream_->isOpen() || !upstream_->readable) return false;
	Moved moved = fill(*upstream_, response_, BlockPool::kBlock);
	if (moved == Moved::Nothing) return false;
	if (moved == Moved::Failed) return abort(), true;
	if (moved == Moved::Some) {
		upstream_->reset();
		response_.in.clear();
	}
	return beginClosing(false), true;
}

bool Connection::stepHead() {
	flush(client_, response_);
	if (client_.failed) return abort(), false;
	if (response_.out.size() - response_.outSent > kMostUnread) return false;
	if (noticeIdleUpstream()) return true;
	return readHead();
}

bool Connection::readHead() {
	std::string_view text = request_.in.view();
	if (!protocolChosen_ && !text.empty() && !chooseProtocol(text[0])) return true;
	Scan scan = text.empty() ? Scan::Incomplete : requestScan_.scan(text);
	if (scan == Scan::Bad) return refuse(badRequest("a line not ended by CR LF")), true;
	if (scan == Scan::Complete) return onWholeHead(requestScan_.length());
	if (Refusal refusal = text.empty() ? Refusal() : refuseEarly(text, limits(), lineJudged_)) return refuse(refusal), true;
	if (!text.empty() && !headBegun_) {
		headBegun_ = true;
		arm(limits().headTimeout);
	}
	Moved moved = fill(client_, request_, limits().head + 1);
	if (moved == Moved::Ended) return beginClosing(false), true;
	if (moved == Moved::Failed) return abort(), false;
	return moved == Moved::Some;
}

bool Connection::onWholeHead(size_t length) {
	requestScan_.reset();
	// Empty lines before a request, as some clients send after a body.
	lineJudged_ = false;
	if (length == 2) return request_.in.consume(2), true;
	RequestHead& head = context_.request;
	Refusal refusal{431, "a head that is too long"};
	if (length <= limits().head) refusal = parseRequestHead(request_.in.view().substr(0, length), limits(), head);
	if (refusal) return refuse(refusal), true;
	startExchange(head);
	judge(head, length);
	return !gone_;
}

void Connection::noteHeaders(const RequestHead& head) {
	exchange_.headers.clear();
	for (const std::string& name : context_.shared.hooks->recordedHeaders)
		for (const Field& field : head.fields)
			if (equalsIgnoringCase(field.name, name))
				exchange_.headers.append(field.name).append(": ").append(field.value).append("\r\n");
}

void Connection::startExchange(const RequestHead& head) {
	exchange_.method.assign(head.method);
	exchange_.protocol.assign(head.protocol);
	exchange_.url.clear();
	if (!head.isConnect()) {
		exchange_.url.append("http://");
		exchange_.url.append(head.host.empty() ? std::string_view(info_.destination.text()) : head.host);
	}
	exchange_.url.append(head.path);
	noteHeaders(head);
	noteAuthorization(head);
	exchange_.upgrade.assign(head.upgrade);
	exchange_.startNs = steadyNs();
	exchange_.startMs = context_.nowMs;
	exchange_.keepAlive = head.keepAlive;
	exchange_.http11 = head.http11;
	exchange_.expectContinue = head.expectContinue;
	exchange_.continued = exchange_.mismatched = exchange_.responded = exchange_.answered = false;
	exchange_.interims = 0;
	context_.shared.statistics.requests.fetch_add(1, std::memory_order_relaxed);
}

void Connection::judge(RequestHead& head, size_t length) {
	context_.shared.hooks->judge(info_, standing_);
	const Rules& rules = standing_.rules;
	bool allowed = rules.any();
	// As two proxies in a row would: the destination's rules see what the source's made of the request.
	for (const RuleSet* set : {rules.egress.get(), rules.ingress.get()})
		if (set && allowed) allowed = set->judge(head, info_.destination.port, exchange_.mismatched);
	if (!allowed) return deny(head, length, rules.any());
	tunnelRules_ = exchange_.isTunnel() ? rules : Rules();
	forward(head, length);
}

void Connection::deny(const RequestHead& head, size_t length, bool keep) {
	context_.shared.statistics.denied.fetch_add(1, std::memory_order_relaxed);
	record(AccessRecord::Kind::Request, 403, true, keep ? "no rule allows it" : standing_.fault);
	// Who expects 100 may send the body after this answer, or not: where the next request begins is unknown.
	bool unknown = head.expectContinue && head.hasBody();
	bool tooLong = head.body.length > limits().discardedBody;
	bool stays = keep && head.keepAlive && !unknown && !tooLong && !head.isConnect();
	writeAnswer(403, {stays, head.http11, head.method == "HEAD"}, response_.out);
	request_.body.begin(head.body);
	request_.in.consume(length);
	discarded_ = 0;
	if (!stays) return beginClosing(true);
	if (request_.body.isDone()) return waitForHead();
	phase_ = Phase::Discard;
	movedBytes_ = 0;
	arm(limits().bodyTimeout);
}

bool Connection::stepDiscard() {
	flush(client_, response_);
	Refusal refusal;
	size_t taken = request_.body.take(request_.in.view(), limits(), refusal);
	request_.in.consume(taken);
	discarded_ += taken;
	movedBytes_ += taken;
	// The request has had its answer.
	if (refusal || discarded_ > limits().discardedBody) return beginClosing(true), true;
	if (request_.body.isDone()) return waitForHead(), true;
	Moved moved = fill(client_, request_, limits().head + 1);
	if (moved == Moved::Ended) return beginClosing(false), true;
	if (moved == Moved::Failed) return abort(), false;
	return moved == Moved::Some;
}

/** What is not HTTP as we read it has an answer, and ends the connection. */
void Connection::refuse(const Refusal& refusal) {
	context_.shared.statistics.malformed.fetch_add(1, std::memory_order_relaxed);
	exchange_.method.clear();
	exchange_.url.clear();
	exchange_.protocol.clear();
	exchange_.headers.clear();
	exchange_.mismatched = false;
	// For the record alone: it tells whose connection it was.
	context_.shared.hooks->judge(info_, standing_);
	record(AccessRecord::Kind::Request, refusal.status, true, refusal.reason);
	writeAnswer(refusal.status, {}, response_.out);
	request_.in.clear();
	beginClosing(true);
}

}  // namespace heddle::l7
