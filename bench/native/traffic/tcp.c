/* SPDX-License-Identifier: Apache-2.0 */
/* TCP: one stream; one byte there and back; connect, ask, answer, close. */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "traffic.h"

#define CHUNK 65536

static char chunk[CHUNK];

static int accept_one(const struct options *options, int listener)
{
	int one = 1, fd;

	set_timeout(listener, options->timeout_ms);
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

/* Listens, says so, takes one connection. */
static int serve_one(const struct options *options, int ready)
{
	int listener = listen_on(options), failed, fd;

	if (listener < 0)
		return listener;
	failed = say_ready(ready);
	fd = failed ? failed : accept_one(options, listener);
	close(listener);
	return fd;
}

int stream_server(const struct options *options, struct shared *shared, int ready)
{
	int fd = serve_one(options, ready);
	ssize_t got;

	if (fd < 0)
		return fd;
	while ((got = recv(fd, chunk, sizeof(chunk), 0)) > 0) {
		shared->server_bytes += (uint64_t)got;
		shared->server_count++;
	}
	close(fd);
	return 0;
}

int stream_client(const struct options *options, struct shared *shared)
{
	int fd = open_client(options, SOCK_STREAM);
	uint64_t start = now_ns(), deadline = deadline_of(options), first;
	double seconds;

	if (fd < 0)
		return fd;
	first = shared->server_bytes;
	while (!finished(options, shared->server_bytes, deadline))
		if (send(fd, chunk, sizeof(chunk), MSG_NOSIGNAL) < 0)
			break;
	seconds = seconds_since(start);
	uint64_t bytes = shared->server_bytes - first;

	close(fd);
	printf("{\"command\":\"tcp_stream\",\"bytes\":%llu,\"seconds\":%.6f,\"rate\":%.1f}\n", (unsigned long long)bytes,
	       seconds, (double)bytes * 8 / 1e6 / seconds);
	return bytes ? 0 : -EIO;
}

int rr_server(const struct options *options, struct shared *shared, int ready)
{
	int fd = serve_one(options, ready);
	char byte;

	if (fd < 0)
		return fd;
	while (recv(fd, &byte, 1, 0) == 1 && send(fd, &byte, 1, MSG_NOSIGNAL) == 1)
		shared->server_count++;
	close(fd);
	return 0;
}

static bool ask(int fd)
{
	char byte = 1;

	return send(fd, &byte, 1, MSG_NOSIGNAL) == 1 && recv(fd, &byte, 1, 0) == 1;
}

static int report(const char *command, uint64_t done, uint64_t failures, double seconds)
{
	printf("{\"command\":\"%s\",\"count\":%llu,\"failures\":%llu,\"seconds\":%.6f,\"rate\":%.1f}\n", command,
	       (unsigned long long)done, (unsigned long long)failures, seconds, (double)done / seconds);
	return done ? 0 : -EIO;
}

int rr_client(const struct options *options, struct shared *shared)
{
	int fd = open_client(options, SOCK_STREAM);
	uint64_t start = now_ns(), deadline = deadline_of(options), done = 0;

	(void)shared;
	if (fd < 0)
		return fd;
	while (!finished(options, done, deadline) && ask(fd))
		done++;
	close(fd);
	return report("tcp_rr", done, 0, seconds_since(start));
}

/* The server closes first: its side keeps TIME_WAIT, and the client's ports are free again. */
int crr_server(const struct options *options, struct shared *shared, int ready)
{
	int listener = listen_on(options), failed, fd;
	char byte;

	if (listener < 0)
		return listener;
	failed = say_ready(ready);
	while (!failed && (fd = accept_one(options, listener)) >= 0) {
		if (recv(fd, &byte, 1, 0) == 1 && send(fd, &byte, 1, MSG_NOSIGNAL) == 1)
			shared->server_count++;
		close(fd);
	}
	close(listener);
	return failed;
}

static bool connect_ask_close(const struct options *options)
{
	int fd = open_client(options, SOCK_STREAM);
	char byte;
	bool fine = fd >= 0 && ask(fd) && recv(fd, &byte, 1, 0) == 0;

	if (fd >= 0)
		close(fd);
	return fine;
}

int crr_client(const struct options *options, struct shared *shared)
{
	uint64_t start = now_ns(), deadline = deadline_of(options), done = 0, failures = 0;

	(void)shared;
	while (!finished(options, done, deadline) && failures < 100) {
		if (connect_ask_close(options))
			done++;
		else
			failures++;
	}
	return report("tcp_crr", done, failures, seconds_since(start));
}
