#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>

#include "l7/socket.h"
#include "ports.h"

namespace heddle::dns {

/** Connections taken before others have their turn. */
static constexpr int kAcceptedInARow = 64;

SpareDescriptor::~SpareDescriptor() {
	if (fd_ >= 0) close(fd_);
}

bool SpareDescriptor::open() { return (fd_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0; }

void SpareDescriptor::refuseOne(int listener) {
	if (fd_ >= 0) close(fd_);
	l7::Socket socket;
	socket.fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
	socket.reset();
	open();
}

void TcpPort::onEvents(uint32_t) {
	for (int i = 0; i < kAcceptedInARow; i++)
		if (!acceptOne()) return;
}

bool TcpPort::acceptOne() {
	sockaddr_storage peer, local = {};
	socklen_t length = sizeof(peer);
	int fd = accept4(fd_, reinterpret_cast<sockaddr*>(&peer), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0 && (errno == EMFILE || errno == ENFILE)) {
		spare_.refuseOne(fd_);
		context_.shared.statistics.limited++;
	}
	if (fd < 0) return errno == ECONNABORTED || errno == EINTR;
	length = sizeof(local);
	getsockname(fd, reinterpret_cast<sockaddr*>(&local), &length);
	int on = 1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	streams_.add({listener_.get(), context_.worker, true, l7::Address::from(peer), l7::Address::from(local)}, fd);
	return true;
}

}  // namespace heddle::dns
