#include "clock.h"
#include "connection.h"

namespace heddle::l7 {

/** By the connection's first byte. false: it is TLS, or what it should have been. */
bool Connection::chooseProtocol(char first) {
	protocolChosen_ = true;
	context_.shared.hooks->judge(info_, standing_);
	const Rules& rules = standing_.rules;
	if (!rules.anyServerNames()) return true;
	bool isTls = first == kTlsHandshake;
	if (!isTls && rules.anyHttp()) return true;
	exchange_.protocol.assign("TLS");
	exchange_.startNs = steadyNs();
	context_.shared.statistics.requests.fetch_add(1, std::memory_order_relaxed);
	if (!isTls) return refuseTls("not TLS"), false;
	phase_ = Phase::Hello;
	arm(limits().headTimeout);
	return false;
}

bool Connection::stepHello() {
	ClientHello hello;
	HelloScan scan = scanClientHello(request_.in.view(), limits().head, hello);
	if (scan == HelloScan::Bad) return refuseTls(hello.fault), false;
	if (scan == HelloScan::Complete) return judgeHello(hello), !gone_;
	Moved moved = fill(client_, request_, limits().head);
	if (moved == Moved::Ended || moved == Moved::Failed) return abort(), false;
	return moved == Moved::Some;
}

void Connection::judgeHello(const ClientHello& hello) {
	context_.shared.hooks->judge(info_, standing_);
	exchange_.url.assign(hello.serverName);
	if (!standing_.rules.any()) return refuseTls(standing_.fault);
	if (hello.serverName.empty()) return refuseTls("TLS without a server name");
	if (!standing_.rules.allowServerName(hello.serverName)) return refuseTls("no rule allows the server name");
	serverName_ = hello.serverName;
	tunnelRules_ = standing_.rules;
	record(AccessRecord::Kind::Request, 0, false, {});
	if (connectUpstream()) return openTunnel();
	context_.shared.statistics.upstreamFailures.fetch_add(1, std::memory_order_relaxed);
	abort();
}

/** There is nothing to say to a client that expects TLS. */
void Connection::refuseTls(std::string_view reason) {
	context_.shared.statistics.denied.fetch_add(1, std::memory_order_relaxed);
	record(AccessRecord::Kind::Request, 0, true, reason);
	abort();
}

/** Rules have changed, and still allow it. */
bool Connection::keepsServerName() {
	if (serverName_.empty() || !standing_.rules.allowServerName(serverName_)) return false;
	tunnelRules_ = standing_.rules;
	return true;
}

}  // namespace heddle::l7
