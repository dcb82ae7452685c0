/* SPDX-License-Identifier: Apache-2.0 */
/* bpf(2) without a library in between: what the C side of a comparison costs is the syscall. */
#pragma once

#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static inline int bpf_call(int command, union bpf_attr *attributes)
{
	return (int)syscall(__NR_bpf, command, attributes, sizeof(*attributes));
}

static inline int bpf_open_pinned(const char *path)
{
	union bpf_attr attributes = {.pathname = (uint64_t)(uintptr_t)path};

	return bpf_call(BPF_OBJ_GET, &attributes);
}

static inline int bpf_element(int command, int map, const void *key, void *value)
{
	union bpf_attr attributes = {
		.map_fd = (uint32_t)map, .key = (uint64_t)(uintptr_t)key, .value = (uint64_t)(uintptr_t)value};

	return bpf_call(command, &attributes);
}

/* Returns how many were done. */
static inline uint32_t bpf_batch(int command, int map, void *keys, void *values, uint32_t count)
{
	union bpf_attr attributes;

	memset(&attributes, 0, sizeof(attributes));
	attributes.batch.map_fd = (uint32_t)map;
	attributes.batch.keys = (uint64_t)(uintptr_t)keys;
	attributes.batch.values = (uint64_t)(uintptr_t)values;
	attributes.batch.count = count;
	bpf_call(command, &attributes);
	return attributes.batch.count;
}

static inline uint64_t clock_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}
