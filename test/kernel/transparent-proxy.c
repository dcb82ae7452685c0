/*
 * A proxy as somebody else would bring one: listens on argv[1], for whatever address, and passes each connection on to
 * where it was meant, from the client's own address and port. Puts `proxied ` before what the server says.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

enum {
	PROXY_MARK_SERVER = 0x10000
};

static int open_transparent(int family)
{
	int on = 1, off = 0, fd = socket(family, SOCK_STREAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	/* Either option lets a socket of both families bear any address. */
	if (setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &on, sizeof(on)))
		perror("IP_TRANSPARENT"), exit(1);
	return fd;
}

static int connect_as(int client)
{
	struct sockaddr_in6 from, to;
	socklen_t length = sizeof(from);
	unsigned mark = 0;
	int fd = open_transparent(AF_INET6);

	getpeername(client, (struct sockaddr *)&from, &length);
	length = sizeof(to);
	getsockname(client, (struct sockaddr *)&to, &length);
	length = sizeof(mark);
	/* The connection bears its network. */
	getsockopt(client, SOL_SOCKET, SO_MARK, &mark, &length);
	mark |= PROXY_MARK_SERVER;
	setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		perror("to the server"), _exit(1);
	return fd;
}

static int pass_on(int from, int to)
{
	char bytes[65536];
	ssize_t length = read(from, bytes, sizeof(bytes));

	if (length <= 0)
		return shutdown(to, SHUT_WR), 0;
	return write(to, bytes, length) == length;
}

static void serve(int client)
{
	int server = connect_as(client);
	struct pollfd ends[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};

	if (write(client, "proxied ", 8) != 8)
		return;
	while (ends[0].fd >= 0 || ends[1].fd >= 0) {
		poll(ends, 2, -1);
		if (ends[0].revents && !pass_on(client, server))
			ends[0].fd = -1;
		if (ends[1].revents && !pass_on(server, client))
			ends[1].fd = -1;
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
	int listener = open_transparent(AF_INET6), client;

	signal(SIGCHLD, SIG_IGN);
	if (bind(listener, (struct sockaddr *)&any, sizeof(any)) || listen(listener, 128))
		return perror("listen"), 1;
	puts("listening");
	fflush(stdout);
	while ((client = accept(listener, NULL, NULL)) >= 0) {
		if (fork() == 0)
			return serve(client), 0;
		close(client);
	}
	return 0;
}
