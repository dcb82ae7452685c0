#pragma once

#include "context.h"
#include "exchange.h"
#include "message_stream.h"

namespace heddle::dns {

class ClientStreams;
class TcpUpstream;

/** A client's TCP connection: queries one after the other, their answers as they come. */
class ClientStream final : public Watched, public Deadlined {
public:
	ClientStream(Context& context, Exchanges& exchanges, ClientStreams& all, const ClientInfo& info, int fd);
	~ClientStream() override;
	void onEvents(uint32_t events) override;
	void onDeadline() override;
	/** As far as it goes without waiting. */
	void drive();
	void put(std::string_view message, uint16_t id);
	/** One more, one less of its queries under way. */
	void entered(Exchange& exchange) { exchanging_.push_back(&exchange); }
	void left(Exchange& exchange);
	/** nullptr: no connection can be had. */
	TcpUpstream* upstream();
	void lostUpstream() { upstream_ = nullptr; }
	void abort();
	const ClientInfo& info() const { return path_.info; }

	/** Place in the list of all. */
	size_t place = 0;
	bool queued = false;

private:
	bool isFull() const;
	bool take(int& left);
	void onQuery(std::string_view message);
	void rest();

	Context& context_;
	Exchanges& exchanges_;
	ClientStreams& all_;
	const ReplyPath path_;
	MessageStream stream_;
	TcpUpstream* upstream_ = nullptr;
	std::vector<Exchange*> exchanging_;
	bool ended_ = false;
};

}  // namespace heddle::dns
