/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

#define MAX_ENVIRONMENT 4096
/* Turns of 50 ms without output after the command's end. */
#define QUIET_TURNS 4

struct stream {
	int from;
	int to;
	unsigned long long sent;
};

/* Lines "NAME=value". */
static char **read_environment(void)
{
	static char *environment[MAX_ENVIRONMENT];
	char *lines = read_file("/run/rok/env", NULL), *rest = NULL;
	int count = 0;

	for (char *one = lines ? strtok_r(lines, "\n", &rest) : NULL; one; one = strtok_r(NULL, "\n", &rest)) {
		if (count < MAX_ENVIRONMENT - 1)
			environment[count++] = one;
	}
	return environment;
}

static void become_command(int out, int err)
{
	char **environment = read_environment();
	char *folder = read_file("/run/rok/cwd", NULL);
	int in = open("/dev/null", O_RDONLY);

	setsid();
	signal(SIGPIPE, SIG_DFL);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	if (in > STDERR_FILENO)
		close(in);
	if (folder) {
		folder[strcspn(folder, "\n")] = 0;
		if (chdir(folder)) {
			fprintf(stderr, "run-on-kernel: found no folder %s\n", folder);
			_exit(126);
		}
	}
	execle("/bin/sh", "sh", "/run/rok/cmd", (char *)NULL, environment);
	_exit(127);
}

/* false: the stream has ended. */
static int pass_on(struct stream *stream)
{
	static char buffer[65536];
	ssize_t got = read(stream->from, buffer, sizeof(buffer));

	for (ssize_t done = 0; done < got;) {
		ssize_t written = write(stream->to, buffer + done, (size_t)(got - done));

		if (written < 0 && errno != EINTR)
			break;
		if (written > 0)
			done += written;
	}
	if (got > 0)
		stream->sent += (unsigned long long)got;
	return got > 0;
}

/* PID 1 also reaps what others left. true: the command has ended, with *status. */
static int reap(pid_t command, int *status, int flags)
{
	int how;
	pid_t pid;

	while ((pid = waitpid(-1, &how, flags)) > 0) {
		if (pid != command)
			continue;
		*status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
		return 1;
	}
	return 0;
}

static int pump(pid_t command, struct stream streams[2])
{
	struct pollfd polled[2] = {{streams[0].from, POLLIN, 0}, {streams[1].from, POLLIN, 0}};
	int open_streams = 2, ended = 0, quiet = 0, status = MACHINE_FAILED;

	while (open_streams > 0) {
		int ready = poll(polled, 2, ended ? 50 : 20);

		for (int i = 0; i < 2; i++) {
			if (polled[i].fd < 0 || !polled[i].revents || pass_on(&streams[i]))
				continue;
			polled[i].fd = -1;
			open_streams--;
		}
		ended = ended || reap(command, &status, WNOHANG);
		/* Something that the command left behind may hold its output open. */
		if (ended && ready == 0 && ++quiet > QUIET_TURNS)
			break;
	}
	if (!ended)
		reap(command, &status, 0);
	return status;
}

int run_command(int out, int err, unsigned long long sent[2])
{
	int out_pipe[2], err_pipe[2], status;
	pid_t command;

	if (pipe2(out_pipe, O_CLOEXEC) || pipe2(err_pipe, O_CLOEXEC))
		die("pipe");
	command = fork();
	if (command < 0)
		die("fork");
	if (command == 0)
		become_command(out_pipe[1], err_pipe[1]);
	close(out_pipe[1]);
	close(err_pipe[1]);

	struct stream streams[2] = {{out_pipe[0], out, 0}, {err_pipe[0], err, 0}};

	status = pump(command, streams);
	sent[0] = streams[0].sent;
	sent[1] = streams[1].sent;
	return status;
}
