/* SPDX-License-Identifier: Apache-2.0 */
/* One request on a connection of its own: what its answer is, byte by byte. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "http.h"
#include "traffic.h"

#define ROOM (64 << 10)

static size_t receive_all(int fd, char *text)
{
	size_t used = 0;
	ssize_t got;

	while (used < ROOM && (got = recv(fd, text + used, ROOM - used, 0)) > 0)
		used += (size_t)got;
	return used;
}

int http_ask_client(const struct options *options, struct shared *shared)
{
	static char text[ROOM];
	char request[HTTP_HEAD];
	size_t length = http_write_request(request, sizeof(request), options->method, options->path, options->address, 1);
	int fd = open_client(options, SOCK_STREAM);
	struct http_response response;
	size_t used;
	bool whole;

	(void)shared;
	if (fd < 0 || send(fd, request, length, MSG_NOSIGNAL) != (ssize_t)length)
		return fd < 0 ? fd : -EIO;
	used = receive_all(fd, text);
	close(fd);
	response = http_read_head(text, http_head_of(text, used));
	whole = used - response.head == http_length_of(options->path, strlen(options->path)) &&
		memcmp(text + response.head, http_pattern(), used - response.head) == 0;
	printf("{\"command\":\"http_ask\",\"status\":%d,\"whole\":%s}\n", response.status, whole ? "true" : "false");
	return 0;
}
