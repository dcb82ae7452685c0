#include "sockets.h"

#include <sys/socket.h>

#include <cerrno>

namespace heddle::dns {

static int open(const l7::Address& at, int type) {
	int fd = socket(at.family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1, room = 4 << 20;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (type == SOCK_STREAM) return fd;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (at.family == AF_INET) setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
	else setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
	return fd;
}

static bool bindTo(int fd, const l7::Address& at) {
	sockaddr_storage address;
	socklen_t length = at.to(address);
	return bind(fd, reinterpret_cast<sockaddr*>(&address), length) == 0;
}

std::shared_ptr<Listener> listenAt(l7::Address& address) {
	int tcp = open(address, SOCK_STREAM), udp = open(address, SOCK_DGRAM);
	auto listener = std::make_shared<Listener>(kNetwork, "");
	listener->udp = {udp};
	listener->tcp = {tcp};
	if (!bindTo(tcp, address) || listen(tcp, 4096) < 0) return nullptr;
	sockaddr_storage bound;
	socklen_t length = sizeof(bound);
	getsockname(tcp, reinterpret_cast<sockaddr*>(&bound), &length);
	address = l7::Address::from(bound);
	return bindTo(udp, address) ? listener : nullptr;
}

int connectFrom(const ClientInfo& info, const l7::Address& upstream) {
	int fd = socket(upstream.family, (info.tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	l7::Address from = info.client;
	from.port = 0;
	sockaddr_storage address;
	socklen_t length = upstream.to(address);
	bool bound = fd >= 0 && bindTo(fd, from);
	if (bound && (connect(fd, reinterpret_cast<sockaddr*>(&address), length) == 0 || errno == EINPROGRESS)) return fd;
	if (fd >= 0) close(fd);
	return -1;
}

}  // namespace heddle::dns
