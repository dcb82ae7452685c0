/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small-packet rate: minimal UDP frames from a packet socket in the client's namespace, counted at the
 * server's interface. Every flow is first answered once, so that a conntrack peer sees it as established.
 */
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "traffic.h"

#define BATCH 64
#define FIRST_CLIENT_PORT 1024

struct port_end {
	int socket;
	int ifindex;
	uint8_t mac[6];
	struct sink sink;
};

struct train {
	struct frame *frames;
	struct mmsghdr *messages;
	struct iovec *vectors;
	uint32_t count;
};

static int read_interface(struct port_end *end, const char *name)
{
	struct ifreq request;

	memset(&request, 0, sizeof(request));
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (ioctl(end->socket, SIOCGIFINDEX, &request))
		return fail(name);
	end->ifindex = request.ifr_ifindex;
	if (ioctl(end->socket, SIOCGIFHWADDR, &request))
		return fail(name);
	memcpy(end->mac, request.ifr_hwaddr.sa_data, 6);
	return 0;
}

static int open_end(struct port_end *end, const char *ns, const char *interface, bool bypass)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET};
	int on = bypass, failed = enter_namespace(ns);

	if (failed)
		return failed;
	/* protocol 0: this socket receives nothing */
	end->socket = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (end->socket < 0)
		return fail("packet socket");
	failed = read_interface(end, interface);
	if (failed)
		return failed;
	setsockopt(end->socket, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on));
	address.sll_ifindex = end->ifindex;
	return bind(end->socket, (void *)&address, sizeof(address)) ? fail("bind") : 0;
}

static int build_train(struct train *train, const struct options *options, const struct port_end *from, bool back)
{
	uint32_t count = options->flows < BATCH ? BATCH - BATCH % options->flows : options->flows;

	train->frames = calloc(count, sizeof(*train->frames));
	train->messages = calloc(count, sizeof(*train->messages));
	train->vectors = calloc(count, sizeof(*train->vectors));
	if (!train->frames || !train->messages || !train->vectors)
		return -ENOMEM;
	train->count = count;
	for (uint32_t i = 0; i < count; i++) {
		uint16_t client_port = (uint16_t)(FIRST_CLIENT_PORT + i % options->flows);
		struct frame_spec spec = {from->mac,
					  back ? options->back_mac : options->to_mac,
					  back ? options->address : options->source,
					  back ? options->source : options->address,
					  back ? options->port : client_port,
					  back ? client_port : options->port,
					  options->size};

		if (build_udp_frame(&train->frames[i], &spec))
			return -EINVAL;
		train->vectors[i] = (struct iovec){train->frames[i].bytes, train->frames[i].length};
		train->messages[i].msg_hdr = (struct msghdr){.msg_iov = &train->vectors[i], .msg_iovlen = 1};
	}
	return 0;
}

static void drop_train(struct train *train)
{
	free(train->frames);
	free(train->messages);
	free(train->vectors);
}

/* A batch of one is an ordinary send(): what one packet costs a program that sends one. */
static uint64_t send_batch(int socket, struct train *train, uint32_t *next, uint32_t batch)
{
	uint32_t left = train->count - *next;
	int sent;

	if (batch == 1)
		sent = send(socket, train->frames[*next].bytes, train->frames[*next].length, 0) > 0;
	else
		sent = sendmmsg(socket, train->messages + *next, left < batch ? left : batch, 0);

	if (sent <= 0)
		return 0;
	*next = (*next + (uint32_t)sent) % train->count;
	return (uint64_t)sent;
}

/* Sends every frame of the train once. */
static void send_once(int socket, struct train *train)
{
	uint32_t next = 0;
	uint64_t sent = 0;

	for (int tries = 0; sent < train->count && tries < 100000; tries++)
		sent += send_batch(socket, train, &next, BATCH);
}

static void measure(const struct options *options, struct port_end *client, struct port_end *server, struct train *there)
{
	uint64_t before = read_sink(&server->sink), start = now_ns(), deadline = deadline_of(options), sent = 0;
	uint32_t next = 0;
	double seconds;

	while (!finished(options, sent, deadline))
		for (uint32_t i = 0; i < BATCH; i += options->batch)
			sent += send_batch(client->socket, there, &next, options->batch);
	seconds = seconds_since(start);
	uint64_t received = read_sink(&server->sink) - before;

	printf("{\"command\":\"inject\",\"flows\":%u,\"sent\":%llu,\"received\":%llu,\"seconds\":%.6f,\"rate\":%.1f}\n",
	       options->flows, (unsigned long long)sent, (unsigned long long)received, seconds, (double)received / seconds);
}

static int prime_and_measure(const struct options *options, struct port_end *client, struct port_end *server)
{
	struct train there = {0}, back = {0};
	int failed = build_train(&there, options, client, false);

	if (!failed)
		failed = build_train(&back, options, server, true);
	if (!failed) {
		send_once(client->socket, &there);
		send_once(server->socket, &back);
		send_once(client->socket, &there);
		measure(options, client, server, &there);
	}
	drop_train(&there);
	drop_train(&back);
	return failed;
}

int run_inject(const struct options *options)
{
	struct port_end client = {.socket = -1, .sink = {-1, -1, -1}}, server = client;
	bool v6 = strchr(options->address, ':');
	int failed = pin_to(options->cpu);

	if (!failed)
		failed = open_end(&server, options->server_ns, options->server_if, true);
	if (!failed)
		failed = open_sink(&server.sink, server.ifindex, v6, DESTINATION_PORT, options->port);
	if (!failed)
		failed = open_end(&client, options->client_ns, options->client_if, true);
	if (!failed)
		failed = open_sink(&client.sink, client.ifindex, v6, SOURCE_PORT, options->port);
	if (!failed)
		failed = prime_and_measure(options, &client, &server);
	close_sink(&server.sink);
	close_sink(&client.sink);
	return failed;
}
