/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets of both address families. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "traffic.h"

socklen_t parse_address(const char *text, uint16_t port, struct sockaddr_storage *address)
{
	struct sockaddr_in *v4 = (void *)address;
	struct sockaddr_in6 *v6 = (void *)address;

	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		return sizeof(*v6);
	}
	errno = EINVAL;
	return 0;
}

int set_timeout(int fd, int ms)
{
	struct timeval time = {.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};

	return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time)) ||
	       setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time));
}

static int bound_socket(const struct options *options, int type)
{
	struct sockaddr_storage address;
	socklen_t length = parse_address(options->address, options->port, &address);
	int one = 1, fd;

	if (!length)
		return fail(options->address);
	fd = socket(address.ss_family, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (void *)&address, length)) {
		int failed = fail("bind");

		close(fd);
		return failed;
	}
	return fd;
}

int listen_on(const struct options *options)
{
	int fd = bound_socket(options, SOCK_STREAM);

	if (fd >= 0 && listen(fd, 1024)) {
		close(fd);
		return fail("listen");
	}
	return fd;
}

int bind_datagram(const struct options *options)
{
	return bound_socket(options, SOCK_DGRAM);
}

/* connect() here also fixes the peer of a datagram socket. */
int open_client(const struct options *options, int type)
{
	struct sockaddr_storage address;
	socklen_t length = parse_address(options->address, options->port, &address);
	int one = 1, fd;

	if (!length)
		return fail(options->address);
	fd = socket(address.ss_family, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail("socket");
	if (type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	set_timeout(fd, options->timeout_ms);
	if (connect(fd, (void *)&address, length)) {
		int error = errno;

		close(fd);
		return -error;
	}
	return fd;
}
