/* SPDX-License-Identifier: Apache-2.0 */
/* Is a port reachable? One TCP connection, or one datagram and its answer. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "traffic.h"

static int report(const struct options *options, int error)
{
	printf("{\"command\":\"%s\",\"port\":%u,\"reachable\":%s,\"error\":\"%s\"}\n", options->command, options->port,
	       error ? "false" : "true", error ? strerror(error) : "");
	return 0;
}

int probe_tcp_client(const struct options *options, struct shared *shared)
{
	int fd = open_client(options, SOCK_STREAM);

	(void)shared;
	if (fd >= 0)
		close(fd);
	return report(options, fd < 0 ? -fd : 0);
}

int probe_udp_client(const struct options *options, struct shared *shared)
{
	int fd = open_client(options, SOCK_DGRAM), error = 0;
	char byte = 1;

	(void)shared;
	if (fd < 0)
		return report(options, -fd);
	if (send(fd, &byte, 1, 0) != 1 || recv(fd, &byte, 1, 0) != 1)
		error = errno ? errno : EIO;
	close(fd);
	return report(options, error);
}
