/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emit PINNED_PROGRAM RATE SECONDS CPU
 *
 * Runs the bench's event program so that RATE events a second enter its ring (0: as many as go in), on CPU
 * (-1: any). Prints what was emitted and what found no room.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "bpf_syscall.h"

#define CHUNK 1000

/* The program's context. */
struct emission {
	uint64_t wanted, emitted, lost;
};

static int emit(int program, struct emission *emission)
{
	union bpf_attr attributes;

	memset(&attributes, 0, sizeof(attributes));
	attributes.test.prog_fd = (uint32_t)program;
	attributes.test.ctx_in = (uint64_t)(uintptr_t)emission;
	attributes.test.ctx_size_in = sizeof(*emission);
	return bpf_call(BPF_PROG_TEST_RUN, &attributes);
}

static void sleep_until(uint64_t time)
{
	struct timespec at = {.tv_sec = (time_t)(time / 1000000000), .tv_nsec = (long)(time % 1000000000)};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

static void pin(int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static int run(int program, double rate, double seconds)
{
	struct emission emission = {.wanted = CHUNK};
	uint64_t start = clock_ns(), end = start + (uint64_t)(seconds * 1e9), chunks = 0;

	while (clock_ns() < end) {
		if (emit(program, &emission)) {
			perror("emit");
			return 1;
		}
		chunks++;
		if (rate > 0)
			sleep_until(start + (uint64_t)((double)(chunks * CHUNK) / rate * 1e9));
	}
	printf("{\"emitted\":%llu,\"lost\":%llu,\"seconds\":%.6f}\n", (unsigned long long)emission.emitted,
	       (unsigned long long)emission.lost, (double)(clock_ns() - start) / 1e9);
	return 0;
}

int main(int count, char **arguments)
{
	double seconds;
	int program;

	if (count != 5) {
		fprintf(stderr, "usage: emit PINNED_PROGRAM RATE SECONDS CPU\n");
		return 2;
	}
	seconds = atof(arguments[3]);
	program = bpf_open_pinned(arguments[1]);
	if (program < 0 || seconds <= 0 || seconds > 60) {
		perror(arguments[1]);
		return 1;
	}
	pin(atoi(arguments[4]));
	return run(program, atof(arguments[2]), seconds);
}
