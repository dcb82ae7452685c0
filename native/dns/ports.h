#pragma once

#include <memory>

#include "client_streams.h"
#include "exchanges.h"
#include "listener.h"

namespace heddle::dns {

/** A UDP socket of a listener, as one thread watches it. */
class UdpPort final : public Watched {
public:
	UdpPort(Exchanges& exchanges, std::shared_ptr<Listener> listener, unsigned worker, int fd);
	void onEvents(uint32_t events) override;

private:
	Exchanges& exchanges_;
	const std::shared_ptr<Listener> listener_;
	const unsigned worker_;
	const int fd_;
	uint16_t port_ = 0;
};

/** Given up for a moment, to take and reset a connection when no descriptor is left: it would wait without end. */
class SpareDescriptor {
public:
	~SpareDescriptor();
	/** false: errno says why. */
	bool open();
	void refuseOne(int listener);

private:
	int fd_ = -1;
};

/** A TCP socket of a listener. */
class TcpPort final : public Watched {
public:
	TcpPort(ClientStreams& streams, Context& context, SpareDescriptor& spare, std::shared_ptr<Listener> listener, int fd)
		: streams_(streams), context_(context), spare_(spare), listener_(std::move(listener)), fd_(fd) {}
	void onEvents(uint32_t events) override;

private:
	bool acceptOne();

	ClientStreams& streams_;
	Context& context_;
	SpareDescriptor& spare_;
	const std::shared_ptr<Listener> listener_;
	const int fd_;
};

}  // namespace heddle::dns
