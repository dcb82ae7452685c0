#pragma once

#include <sys/socket.h>

#include <string>
#include <string_view>
#include <vector>

#include "client_info.h"
#include "statistics.h"

namespace heddle::dns {

/** Datagrams of one round, sent together. What the kernel does not take is lost, as datagrams are. Of one thread. */
class Outgoing {
public:
	explicit Outgoing(Statistics& statistics) : statistics_(statistics) {}
	/** The message under another id. To whom the socket is connected. */
	void add(int fd, std::string_view message, uint16_t id);
	/** To the client, from the address that it asked. */
	void addReply(int fd, std::string_view message, uint16_t id, const ClientInfo& info);
	/** Before any of the sockets is closed. */
	void flush();

private:
	static constexpr size_t kMost = 64;

	struct Datagram {
		int fd;
		std::string bytes;
		sockaddr_storage to;
		socklen_t toLength;
		size_t controlLength;
		alignas(cmsghdr) char control[64];
	};

	Datagram& next(int fd, std::string_view message, uint16_t id);
	void send(int fd, mmsghdr* messages, unsigned count);

	Statistics& statistics_;
	Datagram datagrams_[kMost];
	size_t count_ = 0;
};

}  // namespace heddle::dns
