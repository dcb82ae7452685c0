/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns_load serve PORT
 * dns_load ask PORT RATE SECONDS NAMES
 *
 * On 127.0.0.1. `serve`: answers each query over UDP with one address. `ask`: RATE queries a second (0: as many as are
 * answered, 128 under way), of NAMES names in turn; prints how many were answered and how long that took.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 32
#define LONGEST 512
#define WINDOW 128
#define MOST_SAMPLES 4000000
/* Loss, where nothing comes for so long. */
#define PATIENCE_NS 200000000ull

struct batch {
	struct mmsghdr messages[BATCH];
	struct iovec parts[BATCH];
	struct sockaddr_in peers[BATCH];
	unsigned char bytes[BATCH][LONGEST];
};

struct asking {
	int fd;
	uint64_t sent, answered, failed, lost;
	uint64_t at[65536];
	uint32_t *samples;
	unsigned names;
};

static const unsigned char address_record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 1};

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static int socket_of(uint16_t port, int serving)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), room = 4 << 20;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if ((serving ? bind : connect)(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	perror("dns_load");
	exit(1);
}

static void prepare(struct batch *batch, int with_peers)
{
	memset(batch->messages, 0, sizeof(batch->messages));
	for (int i = 0; i < BATCH; i++) {
		batch->parts[i] = (struct iovec){batch->bytes[i], LONGEST};
		batch->messages[i].msg_hdr.msg_iov = &batch->parts[i];
		batch->messages[i].msg_hdr.msg_iovlen = 1;
		batch->messages[i].msg_hdr.msg_name = with_peers ? &batch->peers[i] : NULL;
		batch->messages[i].msg_hdr.msg_namelen = with_peers ? sizeof(batch->peers[i]) : 0;
	}
}

static void serve(uint16_t port)
{
	static struct batch batch;
	int fd = socket_of(port, 1);

	for (;;) {
		prepare(&batch, 1);
		int count = recvmmsg(fd, batch.messages, BATCH, MSG_WAITFORONE, NULL);

		for (int i = 0; i < count; i++) {
			size_t length = batch.messages[i].msg_len;

			batch.bytes[i][2] |= 0x80;
			batch.bytes[i][7] = 1;
			memcpy(batch.bytes[i] + length, address_record, sizeof(address_record));
			batch.parts[i].iov_len = length + sizeof(address_record);
		}
		if (count > 0)
			sendmmsg(fd, batch.messages, (unsigned)count, 0);
	}
}

static size_t write_query(struct asking *asking, unsigned char *bytes)
{
	static const unsigned char head[] = {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0},
				   tail[] = {4, 't', 'e', 's', 't', 0, 0, 1, 0, 1};
	uint16_t id = (uint16_t)asking->sent;
	char label[24];
	int length = snprintf(label, sizeof(label), "n%u", (unsigned)(asking->sent % asking->names));

	memcpy(bytes, head, sizeof(head));
	bytes[0] = (unsigned char)(id >> 8);
	bytes[1] = (unsigned char)id;
	bytes[12] = (unsigned char)length;
	memcpy(bytes + 13, label, (size_t)length);
	memcpy(bytes + 13 + length, tail, sizeof(tail));
	return 13 + (size_t)length + sizeof(tail);
}

static void ask(struct asking *asking, unsigned count)
{
	static struct batch batch;

	prepare(&batch, 0);
	for (unsigned i = 0; i < count; i++) {
		batch.parts[i].iov_len = write_query(asking, batch.bytes[i]);
		asking->at[(uint16_t)asking->sent++] = now();
	}
	for (unsigned done = 0; done < count;) {
		int sent = sendmmsg(asking->fd, batch.messages + done, count - done, 0);

		done += sent > 0 ? (unsigned)sent : 1;
	}
}

static void collect(struct asking *asking)
{
	static struct batch batch;

	prepare(&batch, 0);
	int count = recvmmsg(asking->fd, batch.messages, BATCH, MSG_DONTWAIT, NULL);
	uint64_t time = now();

	for (int i = 0; i < count; i++) {
		uint16_t id = (uint16_t)(batch.bytes[i][0] << 8 | batch.bytes[i][1]);

		if (asking->answered < MOST_SAMPLES)
			asking->samples[asking->answered] = (uint32_t)(time - asking->at[id]);
		asking->answered++;
		asking->failed += (batch.bytes[i][3] & 15) != 0;
	}
}

static unsigned due(const struct asking *asking, uint64_t begin, double rate)
{
	uint64_t under_way = asking->sent - asking->answered - asking->lost;
	double wanted =
		rate > 0 ? rate * (double)(now() - begin) / 1e9 - (double)asking->sent : (double)WINDOW - (double)under_way;

	if (wanted < 1)
		return 0;
	return wanted < BATCH ? (unsigned)wanted : BATCH;
}

static void run(struct asking *asking, double rate, double seconds)
{
	uint64_t begin = now(), end = begin + (uint64_t)(seconds * 1e9), last = begin;
	struct pollfd readable = {.fd = asking->fd, .events = POLLIN};
	struct timespec patience = {0, 100000};

	for (uint64_t time = begin; time < end; time = now()) {
		uint64_t answered = asking->answered;
		unsigned count = due(asking, begin, rate);

		if (count > 0)
			ask(asking, count);
		ppoll(&readable, 1, &patience, NULL);
		collect(asking);
		if (asking->answered != answered)
			last = time;
		if (time - last > PATIENCE_NS)
			asking->lost = asking->sent - asking->answered;
	}
	while (asking->answered < asking->sent && poll(&readable, 1, 300) > 0)
		collect(asking);
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void report(struct asking *asking, double seconds)
{
	size_t count = asking->answered < MOST_SAMPLES ? asking->answered : MOST_SAMPLES;

	qsort(asking->samples, count, sizeof(asking->samples[0]), by_size);
	printf("{\"sent\":%llu,\"answered\":%llu,\"failed\":%llu,\"perSecond\":%.0f,\"p50Us\":%.1f,\"p99Us\":%.1f}\n",
	       (unsigned long long)asking->sent, (unsigned long long)asking->answered, (unsigned long long)asking->failed,
	       (double)asking->answered / seconds, count ? asking->samples[count / 2] / 1e3 : 0,
	       count ? asking->samples[count * 99 / 100] / 1e3 : 0);
}

int main(int count, char **arguments)
{
	static struct asking asking;

	if (count == 3 && strcmp(arguments[1], "serve") == 0)
		serve((uint16_t)atoi(arguments[2]));
	if (count != 6 || strcmp(arguments[1], "ask") != 0) {
		fprintf(stderr, "usage: dns_load serve PORT | dns_load ask PORT RATE SECONDS NAMES\n");
		return 2;
	}
	asking.fd = socket_of((uint16_t)atoi(arguments[2]), 0);
	asking.names = (unsigned)atoi(arguments[5]);
	asking.samples = calloc(MOST_SAMPLES, sizeof(asking.samples[0]));
	if (!asking.samples || asking.names == 0)
		return 1;
	run(&asking, atof(arguments[3]), atof(arguments[4]));
	report(&asking, atof(arguments[4]));
	return 0;
}
