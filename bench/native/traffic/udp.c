/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UDP sockets: bursts of datagrams, each burst acknowledged by one datagram, so that nothing is lost for want
 * of room and the rate is what both sockets and the path carry. A burst of one is request/response.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "traffic.h"

#define DATAGRAM_ROOM 1500

/* The first byte of the last datagram of a burst is 1: answer now. */
int udp_server(const struct options *options, struct shared *shared, int ready)
{
	struct sockaddr_storage from;
	socklen_t length;
	char data[DATAGRAM_ROOM];
	int fd = bind_datagram(options), failed;
	ssize_t got;

	if (fd < 0)
		return fd;
	set_timeout(fd, options->timeout_ms);
	failed = say_ready(ready);
	while (!failed) {
		length = sizeof(from);
		got = recvfrom(fd, data, sizeof(data), 0, (void *)&from, &length);
		if (got <= 0)
			break;
		shared->server_count++;
		if (data[0] == 1)
			sendto(fd, data, 1, 0, (void *)&from, length);
	}
	close(fd);
	return failed;
}

static bool send_burst(int fd, const struct options *options)
{
	char data[DATAGRAM_ROOM] = {0};

	for (uint32_t i = 0; i < options->burst; i++) {
		data[0] = i + 1 == options->burst;
		if (send(fd, data, options->size, 0) < 0)
			return false;
	}
	return recv(fd, data, sizeof(data), 0) > 0;
}

int udp_client(const struct options *options, struct shared *shared)
{
	int fd = open_client(options, SOCK_DGRAM);
	uint64_t start, deadline, sent = 0, failures = 0, first = shared->server_count;
	double seconds;

	if (fd < 0)
		return fd;
	start = now_ns();
	deadline = deadline_of(options);
	while (!finished(options, sent, deadline) && failures < 10) {
		failures += !send_burst(fd, options);
		sent += options->burst;
	}
	seconds = seconds_since(start);
	uint64_t received = shared->server_count - first;

	close(fd);
	printf("{\"command\":\"udp\",\"burst\":%u,\"sent\":%llu,\"received\":%llu,\"failures\":%llu,\"seconds\":%.6f,\"rate\":%.1f}\n",
	       options->burst, (unsigned long long)sent, (unsigned long long)received, (unsigned long long)failures, seconds,
	       (double)received / seconds);
	return received ? 0 : -EIO;
}
