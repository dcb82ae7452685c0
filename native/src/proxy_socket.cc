#include "proxy_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "abi.h"

namespace heddle {

/** The port that one family got may be taken in the other. */
static constexpr int kPortTries = 64;

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif
#ifndef IPV6_TRANSPARENT
#define IPV6_TRANSPARENT 75
#endif

bool turnOn(int fd, int level, int option) {
	int on = 1;
	return setsockopt(fd, level, option, &on, sizeof(on)) == 0;
}

/** `fd` where it is `ready`, else none, and errno stays what it was. */
static Fd onlyIf(bool ready, Fd&& fd) {
	int error = errno;
	if (!ready) fd.reset();
	errno = error;
	return std::move(fd);
}

Fd openTransparent(sa_family_t family, int type, const std::string& device) {
	Fd fd(socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
	bool isV4 = family == AF_INET;
	// Two datagram sockets of one port would get each other's answers.
	bool ready = fd.valid() && (type == SOCK_DGRAM || turnOn(fd.get(), SOL_SOCKET, SO_REUSEADDR)) &&
		turnOn(fd.get(), isV4 ? IPPROTO_IP : IPPROTO_IPV6, isV4 ? IP_TRANSPARENT : IPV6_TRANSPARENT) &&
		(isV4 || turnOn(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY)) &&
		setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, device.c_str(), static_cast<socklen_t>(device.size() + 1)) == 0;
	return onlyIf(ready, std::move(fd));
}

Fd openUpstream(sa_family_t family, int type, const UpstreamWay& way) {
	Fd fd = openTransparent(family, type, way.device);
	uint32_t mark = way.network | PROXY_MARK_SERVER;
	bool ready = fd.valid() && setsockopt(fd.get(), SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) == 0;
	return onlyIf(ready, std::move(fd));
}

bool bindTo(int fd, const l7::Address& address) {
	sockaddr_storage socket;
	socklen_t length = address.to(socket);
	return bind(fd, reinterpret_cast<sockaddr*>(&socket), length) == 0;
}

static Fd listenOn(sa_family_t family, const std::string& device, uint16_t port) {
	Fd fd = openTransparent(family, SOCK_STREAM, device);
	l7::Address any;
	any.family = family;
	any.port = port;
	bool ready = fd.valid() && bindTo(fd.get(), any) && listen(fd.get(), kBacklog) == 0;
	return onlyIf(ready, std::move(fd));
}

static uint16_t portOf(int fd) {
	sockaddr_storage socket = {};
	socklen_t length = sizeof(socket);
	getsockname(fd, reinterpret_cast<sockaddr*>(&socket), &length);
	return l7::Address::from(socket).port;
}

Status listenTransparently(const std::string& device, ProxyListeners& out) {
	std::string what = "listening on device " + device;
	for (int tries = 0; tries < kPortTries; tries++) {
		out.v4 = listenOn(AF_INET, device, 0);
		if (!out.v4.valid() && errno != EADDRINUSE) return Status::system(errno, "listen", what);
		if (!out.v4.valid()) continue;
		out.port = portOf(out.v4.get());
		out.v6 = listenOn(AF_INET6, device, out.port);
		if (out.v6.valid() || errno == EAFNOSUPPORT) return Status::success();
		if (errno != EADDRINUSE) return Status::system(errno, "listen", what);
	}
	return Status::system(EADDRINUSE, "listen", what);
}

bool connectTo(int fd, const l7::Address& destination) {
	sockaddr_storage socket;
	socklen_t length = destination.to(socket);
	return connect(fd, reinterpret_cast<sockaddr*>(&socket), length) == 0 || errno == EINPROGRESS;
}

int connectTransparently(const l7::Address& client, const l7::Address& destination, const UpstreamWay& way, bool& otherPort) {
	otherPort = false;
	Fd fd = openUpstream(client.family, SOCK_STREAM, way);
	if (!fd.valid()) return -1;
	if (bindTo(fd.get(), client) && connectTo(fd.get(), destination)) return fd.release();
	if (errno != EADDRINUSE && errno != EADDRNOTAVAIL) return -1;
	otherPort = true;
	fd = openUpstream(client.family, SOCK_STREAM, way);
	l7::Address any = client;
	any.port = 0;
	// Without it the port would have to be free for every destination.
	bool ready = fd.valid() && turnOn(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT) && bindTo(fd.get(), any);
	return ready && connectTo(fd.get(), destination) ? fd.release() : -1;
}

}  // namespace heddle
