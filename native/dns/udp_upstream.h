#pragma once

#include <unistd.h>

#include <unordered_map>

#include "incoming.h"
#include "upstream.h"

namespace heddle::dns {

class UdpUpstreams;

/** A connected UDP socket: the kernel takes datagrams from the server's address and port alone. */
class UdpUpstream final : public Upstream {
public:
	UdpUpstream(Context& context, Exchanges& exchanges, UdpUpstreams& pool, uint32_t network, std::string route, int fd)
		: Upstream(context, exchanges), pool_(pool), network_(network), route_(std::move(route)), fd_(fd) {}
	~UdpUpstream() override { close(fd_); }
	void onEvents(uint32_t events) override;
	void onDeadline() override;
	void leave(Exchange& exchange) override;
	uint32_t network() const { return network_; }
	const std::string& route() const { return route_; }
	/** No further queries. */
	void retire();

	/** Place in the pool's list. */
	size_t place = 0;

protected:
	void transmit(std::string_view query, uint16_t id) override;

private:
	void end();

	UdpUpstreams& pool_;
	const uint32_t network_;
	const std::string route_;
	const int fd_;
	uint32_t sent_ = 0, mismatches_ = 0;
	bool retired_ = false;
};

/** One for each route; of one thread. */
class UdpUpstreams {
public:
	UdpUpstreams(Context& context, Exchanges& exchanges) : context_(context), exchanges_(exchanges) {}
	~UdpUpstreams();
	/** nullptr: no socket can be had. */
	UdpUpstream* of(const ClientInfo& info, const std::string& route);
	Incoming& incoming() { return incoming_; }
	/** It takes no further queries. */
	void retired(UdpUpstream& upstream);
	void ended(UdpUpstream& upstream);
	/** Those of a network that is no more. None of its queries is under way. */
	void endAll(uint32_t network);

private:
	UdpUpstream* open(const ClientInfo& info, const std::string& route);

	Context& context_;
	Exchanges& exchanges_;
	Incoming incoming_;
	std::unordered_map<std::string, UdpUpstream*> current_;
	std::vector<UdpUpstream*> all_;
};

}  // namespace heddle::dns
