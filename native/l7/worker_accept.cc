#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>

#include "worker.h"

namespace heddle::l7 {

void Worker::accept(uint64_t listenerId, int most) {
	std::shared_ptr<Listener> listener = listenerOf(listenerId);
	if (!listener) return;
	for (int i = 0; i < most; i++)
		if (!acceptOne(listener)) return;
}

bool Worker::acceptOne(const std::shared_ptr<Listener>& listener) {
	sockaddr_storage peer;
	socklen_t length = sizeof(peer);
	int fd = accept4(listener->fd, reinterpret_cast<sockaddr*>(&peer), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0) return add(listener, fd, peer), true;
	if (errno == EMFILE || errno == ENFILE) return refuseForWantOfDescriptors(*listener), false;
	return errno == ECONNABORTED || errno == EINTR;
}

static void resetAndClose(int fd) {
	Socket socket;
	socket.fd = fd;
	socket.reset();
}

/** A connection that cannot be taken would wait in the queue, unanswered, and epoll would tell of it without end. */
void Worker::refuseForWantOfDescriptors(const Listener& listener) {
	close(spare_);
	int fd = accept4(listener.fd, nullptr, nullptr, SOCK_CLOEXEC);
	if (fd >= 0) resetAndClose(fd);
	spare_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
	shared_.statistics.refusedForDescriptors++;
}

void Worker::add(const std::shared_ptr<Listener>& listener, int fd, const sockaddr_storage& peer) {
	sockaddr_storage local = {};
	socklen_t length = sizeof(local);
	getsockname(fd, reinterpret_cast<sockaddr*>(&local), &length);
	ConnectionInfo info = {shared_.nextId++, index_, listener, fd, Address::from(peer), Address::from(local)};
	Admission admission = shared_.clients.enter(listener->network, info.client, shared_.limits);
	if (admission != Admission::Admitted) {
		auto& counts = shared_.statistics;
		(admission == Admission::Full ? counts.refusedByConnections : counts.refusedByClient)++;
		return resetAndClose(fd);
	}
	auto* connection = new Connection(*context_, info);
	connection->place = connections_.size();
	connections_.push_back(connection);
	shared_.statistics.accepted++;
	epoll_event event = {};
	// It has room to send as yet: see awaitRoom.
	event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
	event.data.u64 = reinterpret_cast<uint64_t>(connection);
	if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0) return;
	connection->abort();
	remove(*connection);
}

}  // namespace heddle::l7
