/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces, processors, clocks. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "traffic.h"

int fail(const char *what)
{
	int error = errno ? errno : EIO;

	fprintf(stderr, "traffic: %s: %s\n", what, strerror(error));
	return -error;
}

int enter_namespace(const char *name)
{
	char path[256];
	int fd, failed;

	if (!name)
		return 0;
	snprintf(path, sizeof(path), strchr(name, '/') ? "%s" : "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(path);
	failed = setns(fd, CLONE_NEWNET) ? fail("setns") : 0;
	close(fd);
	return failed;
}

int pin_to(int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return 0;
	/* What else runs on this processor is not what is measured; an ordinary task stays an ordinary task. */
	setpriority(PRIO_PROCESS, 0, -20);
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? fail("sched_setaffinity") : 0;
}

uint64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

double seconds_since(uint64_t start)
{
	return (double)(now_ns() - start) / 1e9;
}

uint64_t deadline_of(const struct options *options)
{
	return now_ns() + (uint64_t)(options->seconds * 1e9);
}

bool finished(const struct options *options, uint64_t done, uint64_t deadline)
{
	return (options->count && done >= options->count) || now_ns() >= deadline;
}

int say_ready(int ready)
{
	return ready < 0 || write(ready, "r", 1) == 1 ? 0 : fail("ready pipe");
}
