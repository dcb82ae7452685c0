#pragma once

#include <memory>
#include <string>

#include "client_hello.h"
#include "context.h"
#include "head_scan.h"
#include "send_batch.h"
#include "transfer.h"
#include "upstream.h"

namespace heddle::l7 {

/**
 * A client's connection and, once a request was allowed, its own to the server. One request at a time is with the server:
 * what it sends without being asked can answer nobody.
 *
 *   Head ──► Exchange ──► Head ...      allowed: forwarded as judged, answered by the server
 *     │         └───────► Tunnel        101, or 2xx to CONNECT
 *     ├────► Hello ─────► Tunnel        TLS under server names, allowed
 *     ├────► Discard ───► Head ...      denied: 403, its body is read and thrown away
 *     └────► Closing ───► gone          malformed, or the last of its answers
 */
class Connection : public Timed {
public:
	Connection(Context& context, const ConnectionInfo& info);
	~Connection();

	/** Events of epoll on one of the two sockets. */
	void noteEvents(bool ofUpstream, unsigned events);
	/** As far as it goes without waiting. true: it could go on, others' turn first. */
	bool drive();
	/** Its deadline has come. */
	void onDeadline();
	/** Rules may have changed: closed when it is under none any more. */
	void review();
	/** Both sides are told that it is over, by resets. */
	void abort();
	bool isGone() const { return gone_; }
	/** The client's descriptor, once, when its socket has become full; else -1. */
	int wantsRoom();
	bool hasPosted() const { return request_.isPosted || response_.isPosted; }
	/** What it has posted. */
	void collect(SendBatch& batch);

	/** Place in the worker's list. */
	size_t place = 0;
	/** In the worker's list of those that go on. */
	bool queued = false;
	/** In the worker's list of those that have something to send. */
	bool posted = false;

private:
	enum class Phase : uint8_t { Head, Hello, Discard, Exchange, Tunnel, Closing };

	/** The request that is with the server, and what became of its response. */
	struct Exchange {
		std::string method, url, protocol, headers;
		std::string upgrade;
		uint64_t startNs = 0, requestEndMs = 0, startMs = 0;
		bool keepAlive = false, http11 = false;
		/** The client ends its connection after this one: its server is not told. */
		bool endsHere = false;
		bool expectContinue = false, continued = false;
		bool mismatched = false;
		/** The final head was judged. */
		bool responded = false;
		/** Any byte of a response went to the client. */
		bool answered = false;
		unsigned interims = 0;
		bool isTunnel() const { return method == "CONNECT" || !upgrade.empty(); }
	};

	bool step();

	// connection_head.cc: requests up to their judgement.
	bool stepHead();
	bool readHead();
	bool onWholeHead(size_t length);
	void startExchange(const RequestHead& head);
	void noteHeaders(const RequestHead& head);
	void judge(RequestHead& head, size_t length);
	void deny(const RequestHead& head, size_t length, bool keep);
	bool stepDiscard();
	void refuse(const Refusal& refusal);
	bool noticeIdleUpstream();
	void waitForHead();

	// connection_tls.cc: TLS up to the judgement of the name that it asks for.
	bool chooseProtocol(char first);
	bool stepHello();
	void judgeHello(const ClientHello& hello);
	void refuseTls(std::string_view reason);
	bool keepsServerName();

	// connection_request.cc: an allowed request on its way to the server.
	void forward(RequestHead& head, size_t length);
	bool pumpRequest();
	bool readRequestBody();
	bool isRequestDone() const;
	void refuseExchange(const Refusal& refusal);

	// connection_upstream.cc: the connection to the server, its own or one that is taken over.
	UpstreamKey upstreamKey() const;
	bool reachUpstream();
	bool connectUpstream();
	void paceAsRemote(int fd) const;
	bool askAgain();
	bool endsHere(const RequestHead& head) const;
	void noteAuthorization(const RequestHead& head);
	void leaveUpstream();

	// connection_response.cc: the server's answer on its way to the client.
	bool stepExchange();
	bool pumpResponse();
	bool takeResponseHead();
	bool onResponseHead(size_t length);
	void onFinalHead(const ResponseHead& head, size_t length);
	void passFinalHead(const ResponseHead& head, size_t length);
	bool readResponseBody();
	void onUpstreamEnd();
	bool isLast() const;
	void finishExchange();
	bool passBody(Socket& from, Socket& to, Stream& stream, bool& moved);

	// connection_end.cc: tunnels, ends, deadlines.
	void openTunnel();
	bool stepTunnel();
	bool pumpTunnel(Socket& from, Socket& to, Stream& stream);
	void beginClosing(bool linger);
	bool stepClosing();
	void finish();
	bool isTooSlow(bool byRate) const;
	uint32_t exchangePeriod() const;
	void onExchangeDeadline();
	void arm(uint32_t milliseconds);

	void record(AccessRecord::Kind kind, uint16_t status, bool denied, std::string_view reason);
	const Limits& limits() const { return context_.shared.limits; }

	Context& context_;
	ConnectionInfo info_;
	Socket client_;
	/** Always one; not open before a request was allowed. */
	std::unique_ptr<Upstream> upstream_ = std::make_unique<Upstream>();
	Stream request_, response_;
	HeadScan requestScan_, responseScan_;
	Exchange exchange_;
	Standing standing_;
	/** What let the tunnel in. */
	Rules tunnelRules_;
	/** The head that went out first on a connection that was taken over; empty: it is this one's own. */
	std::string takenOver_;
	/** That the ClientHello asked for; empty: no TLS. */
	std::string serverName_;
	uint64_t lastMoveMs_ = 0, movedBytes_ = 0, discarded_ = 0;
	Phase phase_ = Phase::Head;
	bool upstreamConnected_ = false, upstreamLost_ = false, responseKeepAlive_ = false;
	bool protocolChosen_ = false, closeAfterDiscard_ = false, headBegun_ = false, lineJudged_ = false, lingering_ = false;
	/** Nobody else may have its connection to the server. */
	bool isOneClients_ = false;
	bool awaitsRoom_ = false;
	bool gone_ = false;
};

}  // namespace heddle::l7
