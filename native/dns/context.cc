#include "context.h"

#include <sys/epoll.h>

namespace heddle::dns {

bool Context::watch(int fd, uint32_t events, Watched& watched) {
	epoll_event event = {};
	event.events = events;
	event.data.ptr = &watched;
	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

}  // namespace heddle::dns
