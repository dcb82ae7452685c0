#include "exchanges.h"

#include "client_stream.h"
#include "l7/clock.h"
#include "reply.h"
#include "tcp_upstream.h"

namespace heddle::dns {

/** No service has so many; reading and learning them would cost others their time. */
static constexpr size_t kMostAddresses = 1024;

void Exchange::onDeadline() { owner_.timeOut(*this); }

Exchanges::~Exchanges() {
	while (!all_.empty()) cancel(*all_.back());
}

bool Exchanges::take(const ReplyPath& path, std::string_view message) {
	context_.shared.statistics.queries++;
	QueryFault fault = message.size() > context_.shared.limits.query ? QueryFault::Dropped : readQuery(message, query_);
	if (fault != QueryFault::None) return onFault(path, fault, query_);
	if (isUnredirected(path.info)) return context_.shared.statistics.unredirected++, false;
	judge(path, query_, message);
	return true;
}

/** Of whoever asks now: `standing_` and `route_` are its, too. */
const Standing& Exchanges::standingOf(const ClientInfo& info) {
	route_ = routeOf(info);
	standing_ = context_.standings.of(route_, info.tcp);
	context_.shared.hooks->judge(info, *standing_);
	return *standing_;
}

bool Exchanges::isUnredirected(const ClientInfo& info) { return !standingOf(info).rules.any(); }

bool Exchanges::onFault(const ReplyPath& path, QueryFault fault, const Query& query) {
	context_.shared.statistics.malformed++;
	if (fault == QueryFault::Dropped) return false;
	Rcode rcode = fault == QueryFault::NotImp ? kNotImp : kFormErr;
	send(path, replyOf({query.id, query.flags, query.hasOpt, query.question}, rcode), query.id);
	return true;
}

void Exchanges::judge(const ReplyPath& path, const Query& query, std::string_view message) {
	bool allowed = canonicalOf(query.name.view(), name_) && standing_->rules.allow(name_);
	if (allowed) return forward(path, query, message);
	context_.shared.statistics.denied++;
	refuse(path, query, kRefused, kProhibited, "no rule allows the name");
}

void Exchanges::refuse(const ReplyPath& path, const Query& query, Rcode rcode, uint16_t detail, const char* reason) {
	recordRequest(path, query, rcode == kRefused ? Verdict::Denied : Verdict::Error, rcode, reason);
	send(path, replyOf({query.id, query.flags, query.hasOpt, query.question}, rcode, detail), query.id);
}

void Exchanges::forward(const ReplyPath& path, const Query& query, std::string_view message) {
	if (!context_.shared.queries.enter(path.info)) {
		context_.shared.statistics.limited++;
		return refuse(path, query, kServFail, kNoDetail, "too many queries");
	}
	Upstream* upstream = upstreamOf(path);
	if (!upstream) {
		context_.shared.queries.leave(path.info);
		context_.shared.statistics.upstreamFailures++;
		return refuse(path, query, kServFail, kNoDetail, "no socket to the server");
	}
	context_.shared.statistics.forwarded++;
	recordRequest(path, query, Verdict::Forwarded, 0, "");
	upstream->send(open(path, query), message);
}

Upstream* Exchanges::upstreamOf(const ReplyPath& path) {
	if (path.stream) return path.stream->upstream();
	return udp_.of(path.info, route_);
}

Exchange& Exchanges::open(const ReplyPath& path, const Query& query) {
	auto& exchange = *new Exchange(*this, path);
	exchange.id = query.id;
	exchange.flags = query.flags;
	exchange.type = query.type;
	exchange.hasOpt = query.hasOpt;
	exchange.question = query.question;
	exchange.name = name_;
	exchange.standing = standing_;
	exchange.startNs = l7::steadyNs();
	exchange.place = all_.size();
	all_.push_back(&exchange);
	if (path.stream) path.stream->entered(exchange);
	context_.arm(exchange, context_.shared.limits.queryTimeout);
	context_.shared.statistics.active++;
	return exchange;
}

int Exchanges::openUpstream(const ClientInfo& info) {
	std::atomic<uint64_t>& sockets = context_.shared.statistics.sockets;
	bool isOne = sockets++ < context_.shared.limits.sockets;
	int fd = isOne ? context_.shared.hooks->openUpstream(info) : -1;
	if (fd < 0) sockets--;
	return fd;
}

void Exchanges::onAnswer(Exchange& exchange, std::string_view message) {
	exchange.upstream->leave(exchange);
	exchange.upstream = nullptr;
	bool readable = readAnswer(message, exchange.question, answer_) && answer_.found.size() <= kMostAddresses;
	if (readable) return settle(exchange, message);
	context_.shared.statistics.badAnswers++;
	fail(exchange, "malformed answer");
}

void Exchanges::settle(Exchange& exchange, std::string_view message) {
	Knowledge knowledge = Knowledge::Known;
	if (!answer_.found.empty()) knowledge = context_.known.knows(exchange.name, answer_.found, context_.nowMs);
	if (knowledge == Knowledge::Ending) lessons_.refresh(exchange, answer_);
	if (knowledge != Knowledge::Unknown) return deliver(exchange, message, answer_);
	// The lesson has a deadline of its own.
	context_.wheel.disarm(exchange);
	if (!reserve(message.size())) {
		context_.shared.statistics.limited++;
		return fail(exchange, "too many answers are held");
	}
	exchange.held = message;
	exchange.answer = answer_;
	lessons_.hold(exchange);
}

bool Exchanges::reserve(size_t length) {
	size_t held = context_.shared.held.fetch_add(length) + length;
	if (held <= context_.shared.limits.held) return true;
	context_.shared.held -= length;
	return false;
}

void Exchanges::deliver(Exchange& exchange, std::string_view message, const Answer& answer) {
	context_.shared.statistics.answered++;
	send(exchange.path, message, exchange.id);
	recordResponse(exchange, &answer, answer.rcode, "");
	finish(exchange);
}

void Exchanges::fail(Exchange& exchange, const char* reason) {
	ReplyTo to = {exchange.id, exchange.flags, exchange.hasOpt, exchange.question};
	send(exchange.path, replyOf(to, kServFail), exchange.id);
	recordResponse(exchange, nullptr, kServFail, reason);
	finish(exchange);
}

void Exchanges::timeOut(Exchange& exchange) {
	context_.shared.statistics.timeouts++;
	fail(exchange, "server does not answer");
}

void Exchanges::cancel(Exchange& exchange) {
	if (!exchange.held.empty()) lessons_.leave(exchange);
	finish(exchange);
}

void Exchanges::cancelAll(uint32_t network) {
	for (size_t i = all_.size(); i-- > 0;)
		if (i < all_.size() && all_[i]->path.info.listener->network == network) cancel(*all_[i]);
	udp_.endAll(network);
}

void Exchanges::finish(Exchange& exchange) {
	if (exchange.upstream) exchange.upstream->leave(exchange);
	if (exchange.path.stream) exchange.path.stream->left(exchange);
	context_.wheel.disarm(exchange);
	context_.shared.held -= exchange.held.size();
	context_.shared.queries.leave(exchange.path.info);
	context_.shared.statistics.active--;
	all_[exchange.place] = all_.back();
	all_[exchange.place]->place = exchange.place;
	all_.pop_back();
	delete &exchange;
}

void Exchanges::send(const ReplyPath& path, std::string_view message, uint16_t id) {
	if (path.stream) path.stream->put(message, id);
	else context_.outgoing.addReply(path.fd, message, id, path.info);
}

void Exchanges::recordRequest(const ReplyPath& path, const Query& query, Verdict verdict, uint8_t rcode, const char* reason) {
	std::string name = textOf(query.name.view());
	AccessRecord record;
	record.verdict = verdict;
	record.rcode = rcode;
	record.type = query.type;
	record.time = l7::wallNs();
	record.name = name;
	record.reason = reason;
	context_.shared.hooks->record(path.info, *standing_, record);
}

void Exchanges::recordResponse(const Exchange& exchange, const Answer* answer, uint8_t rcode, const char* reason) {
	std::string name = textOf(exchange.question);
	AccessRecord record;
	record.kind = AccessRecord::Kind::Response;
	record.verdict = answer ? Verdict::Forwarded : Verdict::Error;
	record.rcode = rcode;
	record.type = exchange.type;
	record.time = l7::wallNs();
	record.latencyNs = l7::steadyNs() - exchange.startNs;
	record.name = name;
	record.answer = answer;
	record.reason = reason;
	context_.shared.hooks->record(exchange.path.info, *exchange.standing, record);
}

}  // namespace heddle::dns
