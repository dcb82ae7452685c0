#pragma once

#include "message_stream.h"
#include "upstream.h"

namespace heddle::dns {

/** The connection to the server that belongs to a client's. */
class TcpUpstream final : public Upstream {
public:
	TcpUpstream(Context& context, Exchanges& exchanges, ClientStream& owner, int fd)
		: Upstream(context, exchanges), owner_(owner), stream_(fd) {}
	void onEvents(uint32_t events) override;
	/** Its client's connection has the deadlines. */
	void onDeadline() override {}
	/** Reset; whoever waits is told. */
	void end(const char* reason);

protected:
	void transmit(std::string_view query, uint16_t id) override { stream_.put(query, id); }

private:
	ClientStream& owner_;
	MessageStream stream_;
	uint32_t mismatches_ = 0;
};

}  // namespace heddle::dns
