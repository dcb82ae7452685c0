#pragma once

#include <string_view>
#include <unordered_map>

#include "context.h"
#include "exchange.h"

namespace heddle::dns {

class Exchanges;

/** A socket towards a server, and the queries that wait for its answers. Gone when nobody needs it any more. */
class Upstream : public Watched, public Deadlined {
public:
	Upstream(Context& context, Exchanges& exchanges) : context_(context), exchanges_(exchanges) {}
	~Upstream() override { context_.shared.statistics.sockets--; }
	/** Under an id that nobody can guess and no other query here has. */
	void send(Exchange& exchange, std::string_view query);
	/** The exchange has ended otherwise. */
	virtual void leave(Exchange& exchange) { waiting_.erase(exchange.upstreamId); }

protected:
	virtual void transmit(std::string_view query, uint16_t id) = 0;
	/** false: nobody asked that. */
	bool receive(std::string_view message);
	/** It has failed: all who wait are told. */
	void fail(const char* reason);
	bool isIdle() const { return waiting_.empty(); }

	Context& context_;
	Exchanges& exchanges_;

private:
	std::unordered_map<uint16_t, Exchange*> waiting_;
};

}  // namespace heddle::dns
