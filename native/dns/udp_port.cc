#include <netinet/in.h>

#include "ports.h"

namespace heddle::dns {

/** Batches read before others have their turn. */
static constexpr int kBatchesInARow = 4;

UdpPort::UdpPort(Exchanges& exchanges, std::shared_ptr<Listener> listener, unsigned worker, int fd)
	: exchanges_(exchanges), listener_(std::move(listener)), worker_(worker), fd_(fd) {
	sockaddr_storage local = {};
	socklen_t length = sizeof(local);
	getsockname(fd, reinterpret_cast<sockaddr*>(&local), &length);
	port_ = l7::Address::from(local).port;
}

void UdpPort::onEvents(uint32_t) {
	Incoming& incoming = exchanges_.udpUpstreams().incoming();
	for (int batch = 0, count = Incoming::kMost; batch < kBatchesInARow && count == Incoming::kMost; batch++) {
		count = incoming.receive(fd_);
		for (int i = 0; i < count; i++) {
			ReplyPath path = {{listener_.get(), worker_, false, incoming.source(i), incoming.destination(i)}, fd_, nullptr};
			path.info.server.port = port_;
			// Without its destination there would be nobody to forward it to; port 0 cannot be answered.
			if (path.info.server.family != AF_UNSPEC && path.info.client.port != 0) exchanges_.take(path, incoming.bytes(i));
		}
	}
}

}  // namespace heddle::dns
