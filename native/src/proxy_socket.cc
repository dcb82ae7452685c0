#include "proxy_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

namespace heddle {

/** Longer queues are cut to net.core.somaxconn. */
static constexpr int kBacklog = 4096;
/** The port that one family got may be taken in the other. */
static constexpr int kPortTries = 64;

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif
#ifndef IPV6_TRANSPARENT
#define IPV6_TRANSPARENT 75
#endif

static bool turnOn(int fd, int level, int option) {
	int on = 1;
	return setsockopt(fd, level, option, &on, sizeof(on)) == 0;
}

/** A socket that may have addresses that are not this machine's, on one device. */
static Fd openTransparent(sa_family_t family, const std::string& device) {
	Fd fd(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
	bool isV4 = family == AF_INET;
	bool ready = fd.valid() && turnOn(fd.get(), SOL_SOCKET, SO_REUSEADDR) &&
		turnOn(fd.get(), isV4 ? IPPROTO_IP : IPPROTO_IPV6, isV4 ? IP_TRANSPARENT : IPV6_TRANSPARENT) &&
		(isV4 || turnOn(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY)) &&
		setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, device.c_str(), static_cast<socklen_t>(device.size() + 1)) == 0;
	int error = errno;
	if (!ready) fd.reset();
	errno = error;
	return fd;
}

static bool bindTo(int fd, const l7::Address& address) {
	sockaddr_storage socket;
	socklen_t length = address.to(socket);
	return bind(fd, reinterpret_cast<sockaddr*>(&socket), length) == 0;
}

static Fd listenOn(sa_family_t family, const std::string& device, uint16_t port) {
	Fd fd = openTransparent(family, device);
	l7::Address any;
	any.family = family;
	any.port = port;
	if (!fd.valid() || (bindTo(fd.get(), any) && listen(fd.get(), kBacklog) == 0)) return fd;
	int error = errno;
	fd.reset();
	errno = error;
	return fd;
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

static bool connectTo(int fd, const l7::Address& destination) {
	sockaddr_storage socket;
	socklen_t length = destination.to(socket);
	return connect(fd, reinterpret_cast<sockaddr*>(&socket), length) == 0 || errno == EINPROGRESS;
}

int connectTransparently(
	const l7::Address& client, const l7::Address& destination, const std::string& device, bool& otherPort) {
	otherPort = false;
	Fd fd = openTransparent(client.family, device);
	if (!fd.valid()) return -1;
	if (bindTo(fd.get(), client) && connectTo(fd.get(), destination)) return fd.release();
	if (errno != EADDRINUSE && errno != EADDRNOTAVAIL) return -1;
	otherPort = true;
	fd = openTransparent(client.family, device);
	l7::Address any = client;
	any.port = 0;
	// Without it the port would have to be free for every destination.
	bool ready = fd.valid() && turnOn(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT) && bindTo(fd.get(), any);
	return ready && connectTo(fd.get(), destination) ? fd.release() : -1;
}

}  // namespace heddle
