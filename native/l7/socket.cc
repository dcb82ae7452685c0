#include "socket.h"

#include <sys/epoll.h>
#include <sys/socket.h>

namespace heddle::l7 {

void setResetting(int fd, bool resetting) {
	linger now = {resetting, 0};
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

void Socket::reset() {
	if (fd < 0) return;
	setResetting(fd, true);
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
