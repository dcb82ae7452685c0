#pragma once

#include "context.h"
#include "exchange.h"
#include "lessons.h"
#include "query.h"
#include "udp_upstream.h"

namespace heddle::dns {

/**
 * Queries from their arrival to their answer; of one thread.
 *
 *   take ──► refused, or denied: answered here
 *     └────► with the server ──► onAnswer ──► deliver              its addresses are known, or there are none
 *                  │                └───────► held ──► deliver      once they are learned
 *                  └── fail: SERVFAIL ◄─────────┘
 */
class Exchanges {
public:
	Exchanges(Context& context, uint64_t firstTicket)
		: context_(context), lessons_(context, *this, firstTicket), udp_(context, *this) {}
	~Exchanges();
	/** false: the other end of a stream is not to be listened to any more. */
	bool take(const ReplyPath& path, std::string_view message);
	/** It echoes the question, under the id of the exchange. */
	void onAnswer(Exchange& exchange, std::string_view message);
	void deliver(Exchange& exchange, std::string_view message, const Answer& answer);
	/** The client is told SERVFAIL. */
	void fail(Exchange& exchange, const char* reason);
	void timeOut(Exchange& exchange);
	/** Nobody waits for it any more. */
	void cancel(Exchange& exchange);
	void cancelAll(uint32_t network);
	/** The client is under no rules any more. */
	bool isUnredirected(const ClientInfo& info);
	/** -1: none can be had. Counted. */
	int openUpstream(const ClientInfo& info);

	Lessons& lessons() { return lessons_; }
	UdpUpstreams& udpUpstreams() { return udp_; }
	bool isIdle() const { return all_.empty(); }

private:
	bool onFault(const ReplyPath& path, QueryFault fault, const Query& query);
	const Standing& standingOf(const ClientInfo& info);
	void judge(const ReplyPath& path, const Query& query, std::string_view message);
	void forward(const ReplyPath& path, const Query& query, std::string_view message);
	Exchange& open(const ReplyPath& path, const Query& query);
	Upstream* upstreamOf(const ReplyPath& path);
	void settle(Exchange& exchange, std::string_view message);
	/** Of what may be held. false: it would be too much. */
	bool reserve(size_t length);
	void finish(Exchange& exchange);
	void send(const ReplyPath& path, std::string_view message, uint16_t id);
	void refuse(const ReplyPath& path, const Query& query, Rcode rcode, uint16_t detail, const char* reason);
	void recordRequest(const ReplyPath& path, const Query& query, Verdict verdict, uint8_t rcode, const char* reason);
	void recordResponse(const Exchange& exchange, const Answer* answer, uint8_t rcode, const char* reason);

	Context& context_;
	Lessons lessons_;
	UdpUpstreams udp_;
	std::vector<Exchange*> all_;
	// One at a time: their memory is used again by the next.
	Query query_;
	Answer answer_;
	std::string name_, route_;
	std::shared_ptr<Standing> standing_;
};

}  // namespace heddle::dns
