/* SPDX-License-Identifier: Apache-2.0 */
/* One small traffic tool for the bench and the tests: bounded in seconds and count, one JSON line out. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define MAX_SECONDS 60.0

enum role {
	ROLE_BOTH,
	ROLE_CLIENT,
	ROLE_SERVER
};

struct options {
	const char *command;
	const char *client_ns; /* name under /run/netns, or a path; NULL: where we are */
	const char *server_ns;
	const char *client_if;
	const char *server_if;
	const char *address; /* the server's */
	const char *source; /* the client's; inject needs it */
	const char *method; /* of HTTP requests */
	const char *path; /* ends with the length of the body in bytes */
	enum role role;
	int cpu;
	double seconds;
	double rate; /* HTTP requests a second, answered or not; 0: each when the one before is answered */
	uint64_t count; /* 0: until the time is over */
	uint32_t flows;
	uint32_t burst;
	uint32_t batch; /* frames a syscall; more than one also goes past the queueing discipline */
	uint32_t size;
	uint16_t port;
	int timeout_ms;
	uint8_t to_mac[6]; /* where frames towards the server go */
	uint8_t back_mac[6]; /* where frames towards the client go */
};

/* What the two processes of one measurement share. */
struct shared {
	uint64_t server_count;
	uint64_t server_bytes;
};

/* A command is a client, a server, or both; each returns 0 or -errno. */
struct command {
	const char *name;
	int (*server)(const struct options *options, struct shared *shared, int ready);
	int (*client)(const struct options *options, struct shared *shared);
};

/* system.c */
int enter_namespace(const char *name);
int pin_to(int cpu);
uint64_t now_ns(void);
uint64_t deadline_of(const struct options *options);
bool finished(const struct options *options, uint64_t done, uint64_t deadline);
int fail(const char *what);
int say_ready(int ready);
double seconds_since(uint64_t start);

/* socket.c */
socklen_t parse_address(const char *text, uint16_t port, struct sockaddr_storage *address);
int listen_on(const struct options *options);
int bind_datagram(const struct options *options);
int open_client(const struct options *options, int type);
int set_timeout(int fd, int ms);

/* frame.c */
#define FRAME_ROOM 256
struct frame {
	uint8_t bytes[FRAME_ROOM];
	uint32_t length;
};
struct frame_spec {
	const uint8_t *source_mac;
	const uint8_t *destination_mac;
	const char *source;
	const char *destination;
	uint16_t source_port;
	uint16_t destination_port;
	uint32_t size;
};
int build_udp_frame(struct frame *frame, const struct frame_spec *spec);

/* sink.c: counts and drops the UDP packets of one port at an interface's TC ingress */
struct sink {
	int map, program, link;
};
enum port_side {
	SOURCE_PORT,
	DESTINATION_PORT
};
int open_sink(struct sink *sink, int ifindex, bool v6, enum port_side side, uint16_t port);
uint64_t read_sink(const struct sink *sink);
void close_sink(struct sink *sink);

int run_inject(const struct options *options);
int parse_options(struct options *options, int count, char **arguments);

int stream_server(const struct options *, struct shared *, int ready);
int stream_client(const struct options *, struct shared *);
int rr_server(const struct options *, struct shared *, int ready);
int rr_client(const struct options *, struct shared *);
int crr_server(const struct options *, struct shared *, int ready);
int crr_client(const struct options *, struct shared *);
int udp_server(const struct options *, struct shared *, int ready);
int udp_client(const struct options *, struct shared *);
int probe_tcp_client(const struct options *, struct shared *);
int probe_udp_client(const struct options *, struct shared *);
int http_server(const struct options *, struct shared *, int ready);
int http_client(const struct options *, struct shared *);
int http_new_client(const struct options *, struct shared *);
int http_ask_client(const struct options *, struct shared *);
