/* SPDX-License-Identifier: Apache-2.0 */
/* Requests on connections that stay open, or one each; as fast as they are answered, or so many a second. */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "http.h"
#include "traffic.h"

#define EVENTS 64
#define MAX_FLOWS 256
#define MAX_SAMPLES (1u << 20)
/* Requests before the clock starts: connections are open then, on both sides of a proxy. */
#define WARM_SECONDS 0.05

struct flow {
	int fd;
	bool begun; /* the head was read */
	bool ends; /* the answer was whole, its connection is not over */
	bool asks; /* once it is connected */
	size_t used;
	uint64_t left, due;
	char head[HTTP_HEAD];
};

struct load {
	const struct options *options;
	bool fresh; /* a connection for each request */
	int epoll;
	struct flow flows[MAX_FLOWS];
	struct flow *idle[MAX_FLOWS];
	uint32_t idle_count;
	char request[HTTP_HEAD];
	size_t request_length;
	uint64_t length; /* of each body, as expected */
	uint64_t counted_from, until, asked, done, bytes, failures;
	uint32_t *samples, sample_count;
};

static int connect_flow(struct load *load, struct flow *flow)
{
	struct sockaddr_storage address;
	socklen_t length = parse_address(load->options->address, load->options->port, &address);
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = flow};
	int one = 1;

	flow->fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (!length || flow->fd < 0)
		return fail("socket");
	setsockopt(flow->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(flow->fd, (void *)&address, length) && errno != EINPROGRESS)
		return fail("connect");
	flow->asks = true;
	return epoll_ctl(load->epoll, EPOLL_CTL_ADD, flow->fd, &event) ? fail("epoll") : 0;
}

static void ask(struct load *load, struct flow *flow)
{
	flow->used = 0;
	flow->begun = flow->asks = false;
	if (send(flow->fd, load->request, load->request_length, MSG_NOSIGNAL) != (ssize_t)load->request_length)
		load->failures++;
}

/* One that is due at its time, late or not; what waits for a connection is counted from when it was due. */
static void ask_those_due(struct load *load)
{
	uint64_t now = now_ns(), interval = (uint64_t)(1e9 / load->options->rate);

	while (load->idle_count && load->counted_from + load->asked * interval <= now && now < load->until) {
		struct flow *flow = load->idle[--load->idle_count];

		flow->due = load->counted_from + load->asked++ * interval;
		ask(load, flow);
	}
}

static void next_request(struct load *load, struct flow *flow)
{
	if (now_ns() >= load->until)
		return;
	if (load->options->rate > 0) {
		load->idle[load->idle_count++] = flow;
		return;
	}
	flow->due = now_ns();
	if (load->fresh && connect_flow(load, flow))
		load->failures++;
	if (!load->fresh)
		ask(load, flow);
}

static void on_answer(struct load *load, struct flow *flow)
{
	uint64_t now = now_ns();

	if (flow->due >= load->counted_from && now <= load->until + (uint64_t)1e9) {
		load->done += now < load->until;
		if (load->sample_count < MAX_SAMPLES)
			load->samples[load->sample_count++] = (uint32_t)((now - flow->due) / 100);
	}
	flow->ends = load->fresh;
	if (!load->fresh)
		next_request(load, flow);
}

/* How much of it was head. */
static size_t read_head(struct load *load, struct flow *flow, const char *text, size_t length)
{
	size_t piece = sizeof(flow->head) - flow->used < length ? sizeof(flow->head) - flow->used : length;
	size_t before = flow->used, head;
	struct http_response response;

	memcpy(flow->head + before, text, piece);
	flow->used += piece;
	head = http_head_of(flow->head, flow->used);
	if (!head)
		return piece;
	response = http_read_head(flow->head, head);
	if (response.status != 200 || response.length != load->length)
		load->failures++;
	flow->begun = true;
	flow->left = load->length;
	return head - before;
}

static bool is_counted(const struct load *load, uint64_t now)
{
	return now >= load->counted_from && now < load->until;
}

static void on_bytes(struct load *load, struct flow *flow, const char *text, size_t length)
{
	size_t of_head = flow->begun ? 0 : read_head(load, flow, text, length);

	if (!flow->begun)
		return;
	length -= of_head;
	if (length > flow->left)
		load->failures++;
	flow->left -= length > flow->left ? flow->left : length;
	load->bytes += is_counted(load, now_ns()) ? length : 0;
	if (!flow->left)
		on_answer(load, flow);
}

/* Connections that end where they should stay are failures; those of one request have to. */
static void on_end(struct load *load, struct flow *flow)
{
	close(flow->fd);
	flow->fd = -1;
	if (!flow->ends)
		load->failures++;
	else
		next_request(load, flow);
	flow->ends = false;
}

static void on_readable(struct load *load, struct flow *flow)
{
	static char buffer[256 << 10];
	int fd = flow->fd;

	while (flow->fd == fd) {
		ssize_t got = recv(fd, buffer, sizeof(buffer), 0);

		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0)
			return on_end(load, flow);
		on_bytes(load, flow, buffer, (size_t)got);
		if ((size_t)got < sizeof(buffer) && !load->fresh)
			return;
	}
}

static void on_event(struct load *load, struct flow *flow, uint32_t events)
{
	if (flow->asks && (events & EPOLLOUT) && !(events & EPOLLERR)) {
		ask(load, flow);
		return;
	}
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP))
		on_readable(load, flow);
}

/* Until the next request is due, where one could be sent. */
static struct timespec patience(const struct load *load)
{
	uint64_t now = now_ns(), wait = 10000000, due;

	if (load->options->rate > 0 && load->idle_count && now < load->until) {
		due = load->counted_from + load->asked * (uint64_t)(1e9 / load->options->rate);
		wait = due > now ? due - now : 0;
	}
	return (struct timespec){.tv_nsec = (long)(wait < 10000000 ? wait : 10000000)};
}

static bool is_over(const struct load *load)
{
	uint64_t now = now_ns();

	if (load->failures || now > load->until + (uint64_t)1e9)
		return true;
	/* what was asked at a rate has its answer counted, however late */
	return now >= load->until && (load->options->rate == 0 || load->sample_count >= load->asked);
}

static int run(struct load *load)
{
	struct epoll_event events[EVENTS];

	for (uint32_t i = 0; i < load->options->flows; i++) {
		load->flows[i].due = now_ns();
		if (connect_flow(load, &load->flows[i]))
			return -EIO;
	}
	while (!is_over(load)) {
		struct timespec time = patience(load);
		int count = epoll_pwait2(load->epoll, events, EVENTS, &time, NULL);

		for (int i = 0; i < count; i++)
			on_event(load, events[i].data.ptr, events[i].events);
		if (load->options->rate > 0)
			ask_those_due(load);
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;

	return (first > second) - (first < second);
}

static double percentile(const struct load *load, double share)
{
	return load->sample_count ? load->samples[(size_t)(share * (load->sample_count - 1))] / 10.0 : 0;
}

static int report(struct load *load)
{
	double seconds = (double)(load->until - load->counted_from) / 1e9;

	qsort(load->samples, load->sample_count, sizeof(*load->samples), compare);
	printf("{\"command\":\"%s\",\"count\":%llu,\"failures\":%llu,\"rate\":%.1f,\"mbits\":%.1f,\"p50_us\":%.1f,"
	       "\"p99_us\":%.1f}\n",
	       load->options->command, (unsigned long long)load->done, (unsigned long long)load->failures,
	       (double)load->done / seconds, (double)load->bytes * 8 / 1e6 / seconds, percentile(load, 0.5),
	       percentile(load, 0.99));
	return load->done || load->bytes ? 0 : -EIO;
}

static int measure(const struct options *options, bool fresh)
{
	static struct load load;
	uint64_t second = 1000000000;
	int failed;

	if (options->flows > MAX_FLOWS)
		return -EINVAL;
	prctl(PR_SET_TIMERSLACK, 1);
	load.options = options;
	load.fresh = fresh;
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	load.samples = malloc(MAX_SAMPLES * sizeof(*load.samples));
	load.length = http_length_of(options->path, strlen(options->path));
	load.request_length =
		http_write_request(load.request, sizeof(load.request), options->method, options->path, options->address, fresh);
	if (load.epoll < 0 || !load.samples || !load.request_length)
		return -ENOMEM;
	load.counted_from = now_ns() + (uint64_t)(WARM_SECONDS * (double)second);
	load.until = load.counted_from + (uint64_t)(options->seconds * (double)second);
	failed = run(&load);
	return failed ? failed : report(&load);
}

int http_client(const struct options *options, struct shared *shared)
{
	(void)shared;
	return measure(options, false);
}

int http_new_client(const struct options *options, struct shared *shared)
{
	(void)shared;
	return measure(options, true);
}
