#include "socket.h"

#include <sys/epoll.h>
#include <sys/socket.h>

namespace heddle::l7 {

void Socket::reset() {
	if (fd < 0) return;
	linger now = {1, 0};
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close();
}

void Socket::shutdownWrites() {
	if (fd >= 0 && !shut) shutdown(fd, SHUT_WR);
	shut = true;
}

void Socket::noteEvents(unsigned events) {
	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) readable = true;
	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) ending = true;
	if (events & (EPOLLOUT | EPOLLERR)) writable = true;
}

}  // namespace heddle::l7
