/* SPDX-License-Identifier: Apache-2.0 */
/*
 * traffic COMMAND [--name value]...
 *
 *   inject      raw UDP frames, counted at the receiving interface   needs --source --to-mac --back-mac
 *   tcp_stream  tcp_rr  tcp_crr  udp  probe_tcp  probe_udp           --role both | client | server
 *   http        requests on --flows connections, --rate a second or as fast as they are answered
 *   http_new    a connection each, --flows at a time
 *   http_ask    one request of any method, and whether the body is whole
 *
 * With --role both (the default) the server is a child process in --server-ns.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traffic/traffic.h"

static const struct command commands[] = {
	{"tcp_stream", stream_server, stream_client}, {"tcp_rr", rr_server, rr_client},
	{"tcp_crr", crr_server, crr_client},	      {"udp", udp_server, udp_client},
	{"probe_tcp", crr_server, probe_tcp_client},  {"probe_udp", udp_server, probe_udp_client},
	{"http", http_server, http_client},	      {"http_new", http_server, http_new_client},
	{"http_ask", http_server, http_ask_client},
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static struct shared *share_memory(void)
{
	void *memory = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static int run_server(const struct command *command, const struct options *options, struct shared *shared, int ready)
{
	int failed = pin_to(options->cpu);

	if (!failed)
		failed = enter_namespace(options->server_ns);
	return failed ? failed : command->server(options, shared, ready);
}

static int run_client(const struct command *command, const struct options *options, struct shared *shared)
{
	int failed = pin_to(options->cpu);

	if (!failed)
		failed = enter_namespace(options->client_ns);
	if (!failed)
		failed = command->client(options, shared);
	if (failed)
		fprintf(stderr, "traffic: %s: %s\n", options->command, strerror(-failed));
	return failed;
}

static int run_child(const struct command *command, const struct options *options, struct shared *shared, int ready)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return run_server(command, options, shared, ready) ? 1 : 0;
}

static int run_both(const struct command *command, const struct options *options, struct shared *shared)
{
	int pipes[2], failed;
	char byte;
	pid_t child;

	if (pipe(pipes))
		return fail("pipe");
	child = fork();
	if (child < 0)
		return fail("fork");
	if (child == 0)
		_exit(run_child(command, options, shared, pipes[1]));
	close(pipes[1]);
	failed = read(pipes[0], &byte, 1) == 1 ? run_client(command, options, shared) : -EIO;
	close(pipes[0]);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return failed;
}

/* A server on its own says how much it saw once its time is over. */
static int run_server_alone(const struct command *command, const struct options *options, struct shared *shared)
{
	int failed = run_server(command, options, shared, STDERR_FILENO);

	printf("{\"command\":\"%s\",\"role\":\"server\",\"count\":%llu,\"bytes\":%llu}\n", command->name,
	       (unsigned long long)shared->server_count, (unsigned long long)shared->server_bytes);
	return failed;
}

static int run_command(const struct options *options)
{
	const struct command *command = find_command(options->command);
	struct shared *shared = share_memory();

	if (!command || !shared) {
		fprintf(stderr, "traffic: no command '%s'\n", options->command);
		return -EINVAL;
	}
	if (options->role == ROLE_SERVER)
		return run_server_alone(command, options, shared);
	if (options->role == ROLE_CLIENT)
		return run_client(command, options, shared);
	return run_both(command, options, shared);
}

int main(int count, char **arguments)
{
	struct options options;
	int failed = parse_options(&options, count, arguments);

	if (failed)
		return 2;
	/* a hard end, whatever hangs */
	alarm((unsigned int)options.seconds + 20);
	if (strcmp(options.command, "inject") == 0)
		failed = run_inject(&options);
	else
		failed = run_command(&options);
	fflush(stdout);
	return failed ? 1 : 0;
}
