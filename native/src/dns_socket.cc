#include "dns_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "proxy_socket.h"

namespace heddle {

/** For bursts: what finds no room is lost. */
static constexpr int kReceiveBuffer = 4 << 20;

static l7::Address anyAddress(sa_family_t family, uint16_t port) {
	l7::Address any;
	any.family = family;
	any.port = port;
	return any;
}

/** More than net.core.rmem_max, where this process may. */
static void enlargeBuffer(int fd) {
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof(kReceiveBuffer)) == 0) return;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof(kReceiveBuffer));
}

static bool tellDestinations(int fd, sa_family_t family) {
	if (family == AF_INET) return turnOn(fd, IPPROTO_IP, IP_PKTINFO);
	return turnOn(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
}

static Status listenOn(sa_family_t family, int type, uint16_t port, dns::Listener& listener) {
	Fd fd = openTransparent(family, type, listener.device);
	if (!fd.valid() && errno == EAFNOSUPPORT && family == AF_INET6) return Status::success();
	bool ready = fd.valid() && bindTo(fd.get(), anyAddress(family, port)) &&
		(type == SOCK_STREAM ? listen(fd.get(), kBacklog) == 0 : tellDestinations(fd.get(), family));
	if (!ready)
		return Status::system(errno, "listen", "listening on device " + listener.device + ", port " + std::to_string(port));
	if (type == SOCK_DGRAM) enlargeBuffer(fd.get());
	(type == SOCK_STREAM ? listener.tcp : listener.udp).push_back(fd.release());
	return Status::success();
}

Status listenForQueries(uint16_t port, dns::Listener& listener) {
	Status status;
	for (int type : {SOCK_DGRAM, SOCK_STREAM})
		for (sa_family_t family : {sa_family_t{AF_INET}, sa_family_t{AF_INET6}})
			if (!status.failed()) status = listenOn(family, type, port, listener);
	return status;
}

int connectToServer(const dns::ClientInfo& info) {
	UpstreamWay way = {info.listener->device, info.listener->network};
	Fd fd = openUpstream(info.client.family, info.tcp ? SOCK_STREAM : SOCK_DGRAM, way);
	l7::Address from = info.client;
	from.port = 0;
	if (!fd.valid() || !bindTo(fd.get(), from) || !connectTo(fd.get(), info.server)) return -1;
	if (!info.tcp) enlargeBuffer(fd.get());
	return fd.release();
}

}  // namespace heddle
