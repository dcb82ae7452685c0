/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTP server that costs little beside what is measured: one thread, one send of a small answer. */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <unistd.h>

#include "http.h"
#include "traffic.h"

#define EVENTS 64

struct caller {
	int fd;
	bool closes; /* once it has its answer */
	bool waits; /* for room to send */
	size_t used, head, head_sent;
	uint64_t body, body_sent;
	char in[HTTP_HEAD];
	char out[128];
};

static void hang_up(struct caller *caller)
{
	close(caller->fd);
	free(caller);
}

static void watch(int epoll, struct caller *caller, int operation, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = caller};

	epoll_ctl(epoll, operation, caller->fd, &event);
}

static void take_call(int epoll, int listener)
{
	int one = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct caller *caller = fd < 0 ? NULL : calloc(1, sizeof(*caller));

	if (!caller)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	caller->fd = fd;
	watch(epoll, caller, EPOLL_CTL_ADD, EPOLLIN);
}

static bool wants_close(const char *head, size_t length)
{
	static const char wanted[] = "\nconnection: close";

	for (size_t i = 0; i + sizeof(wanted) < length; i++)
		if (head[i] == '\n' && strncasecmp(head + i, wanted, sizeof(wanted) - 1) == 0)
			return true;
	return false;
}

/* The path stands between the two spaces of the first line. */
static void prepare(struct caller *caller, size_t head)
{
	const char *path = memchr(caller->in, ' ', head), *end = path ? memchr(path + 1, ' ', head) : NULL;

	caller->closes = wants_close(caller->in, head);
	caller->body = end ? http_length_of(path + 1, (size_t)(end - path - 1)) : 0;
	caller->body_sent = caller->head_sent = 0;
	caller->head = (size_t)snprintf(caller->out, sizeof(caller->out), "HTTP/1.1 200 OK\r\nContent-Length: %llu\r\n%s\r\n",
					(unsigned long long)caller->body, caller->closes ? "Connection: close\r\n" : "");
	caller->used -= head;
	memmove(caller->in, caller->in + head, caller->used);
}

static ssize_t send_some(struct caller *caller)
{
	uint64_t left = caller->body - caller->body_sent;
	size_t piece = left < HTTP_CHUNK ? (size_t)left : HTTP_CHUNK;
	struct iovec parts[2] = {
		{caller->out + caller->head_sent, caller->head - caller->head_sent},
		{(char *)http_pattern() + caller->body_sent % HTTP_LETTERS, piece},
	};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

	return sendmsg(caller->fd, &message, MSG_NOSIGNAL);
}

/* 1: all of it; 0: no room; -1: the caller is gone */
static int answer(struct caller *caller)
{
	while (caller->head_sent < caller->head || caller->body_sent < caller->body) {
		ssize_t sent = send_some(caller);
		size_t of_head = caller->head - caller->head_sent;

		if (sent < 0)
			return errno == EAGAIN ? 0 : -1;
		of_head = of_head < (size_t)sent ? of_head : (size_t)sent;
		caller->head_sent += of_head;
		caller->body_sent += (uint64_t)sent - of_head;
	}
	return 1;
}

/* false: the caller is gone */
static bool serve_all(int epoll, struct caller *caller, struct shared *shared)
{
	for (;;) {
		int done = answer(caller);
		size_t head;

		if (done < 0)
			return false;
		if (done == 0 || caller->waits)
			watch(epoll, caller, EPOLL_CTL_MOD, done ? EPOLLIN : EPOLLOUT);
		caller->waits = done == 0;
		if (done == 0)
			return true;
		if (caller->head && caller->closes)
			return false;
		head = http_head_of(caller->in, caller->used);
		if (!head)
			return caller->used < sizeof(caller->in);
		prepare(caller, head);
		shared->server_count++;
	}
}

static bool listen_to(int epoll, struct caller *caller, struct shared *shared)
{
	ssize_t got;

	if (!caller->waits) {
		got = recv(caller->fd, caller->in + caller->used, sizeof(caller->in) - caller->used, 0);
		if (got <= 0)
			return got < 0 && errno == EAGAIN;
		caller->used += (size_t)got;
	}
	return serve_all(epoll, caller, shared);
}

int http_server(const struct options *options, struct shared *shared, int ready)
{
	int listener = listen_on(options), epoll = epoll_create1(EPOLL_CLOEXEC), failed;
	struct epoll_event events[EVENTS], event = {.events = EPOLLIN};

	if (listener < 0 || epoll < 0)
		return listener < 0 ? listener : fail("epoll");
	epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
	failed = say_ready(ready);
	while (!failed) {
		int count = epoll_wait(epoll, events, EVENTS, -1);

		for (int i = 0; i < count; i++) {
			struct caller *caller = events[i].data.ptr;

			if (!caller)
				take_call(epoll, listener);
			else if (!listen_to(epoll, caller, shared))
				hang_up(caller);
		}
	}
	return failed;
}
