/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_calls addresses|rules PINNED_MAP COUNT
 *
 * What map calls cost in C, on the very map that JS is measured on, with the same keys in the same order.
 * Leaves the map empty; prints ns per entry as one line of JSON.
 */
#include <arpa/inet.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>

#pragma GCC diagnostic ignored "-Wattributes" /* the ABI's notes are for BTF */
#include "abi.h"
#include "bpf_syscall.h"

#define KEY_ROOM 32
#define VALUE_ROOM 16
#define CHUNK 4096

struct pattern {
	const char *name;
	uint32_t key_size, value_size;
	void (*fill)(uint32_t i, void *key, void *value);
};

struct batch {
	uint8_t keys[CHUNK * KEY_ROOM];
	uint8_t values[CHUNK * VALUE_ROOM];
};

static void fill_address(uint32_t i, void *key, void *value)
{
	struct address_key *address = key;
	uint32_t number = htonl(0x0a000000 + i);

	memset(address, 0, sizeof(*address));
	address->network = 1;
	address->family = 4;
	memcpy(address->address, &number, 4);
	*(struct address *)value = (struct address){.identity = 256 + (i & 1023)};
}

static void fill_rule(uint32_t i, void *key, void *value)
{
	*(struct rule_key *)key = (struct rule_key){
		.prefixlen = 64, .rule_class = 1 + (i >> 12), .direction = 0, .protocol = 6, .port = htons(i & 4095)};
	*(struct rule *)value = (struct rule){.action = POLICY_ACTION_ALLOW, .cookie = i};
}

static const struct pattern patterns[] = {
	{"addresses", sizeof(struct address_key), sizeof(struct address), fill_address},
	{"rules", sizeof(struct rule_key), sizeof(struct rule), fill_rule},
};

static double time_single(const struct pattern *pattern, int map, int command, uint32_t count)
{
	uint64_t key[KEY_ROOM / 8], value[VALUE_ROOM / 8], start = clock_ns();

	for (uint32_t i = 0; i < count; i++) {
		pattern->fill(i, key, value);
		if (bpf_element(command, map, key, command == BPF_MAP_DELETE_ELEM ? NULL : value)) {
			perror("map call");
			exit(1);
		}
	}
	return (double)(clock_ns() - start) / count;
}

static double time_batch(const struct pattern *pattern, int map, int command, uint32_t count)
{
	static struct batch batch;
	uint64_t start = clock_ns();

	for (uint32_t done = 0; done < count;) {
		uint32_t size = count - done < CHUNK ? count - done : CHUNK;

		for (uint32_t i = 0; i < size; i++)
			pattern->fill(done + i, batch.keys + i * pattern->key_size, batch.values + i * pattern->value_size);
		if (bpf_batch(command, map, batch.keys, batch.values, size) != size) {
			perror("batch call");
			exit(1);
		}
		done += size;
	}
	return (double)(clock_ns() - start) / count;
}

static void measure(const struct pattern *pattern, int map, uint32_t count)
{
	double update = time_single(pattern, map, BPF_MAP_UPDATE_ELEM, count);
	double lookup = time_single(pattern, map, BPF_MAP_LOOKUP_ELEM, count);
	double erase = time_single(pattern, map, BPF_MAP_DELETE_ELEM, count);
	double update_batch = time_batch(pattern, map, BPF_MAP_UPDATE_BATCH, count);
	double delete_batch = time_batch(pattern, map, BPF_MAP_DELETE_BATCH, count);

	printf("{\"update\":%.1f,\"lookup\":%.1f,\"delete\":%.1f,\"update_batch\":%.1f,\"delete_batch\":%.1f}\n", update,
	       lookup, erase, update_batch, delete_batch);
}

int main(int count, char **arguments)
{
	for (size_t i = 0; count == 4 && i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		int map;

		if (strcmp(patterns[i].name, arguments[1]) != 0)
			continue;
		map = bpf_open_pinned(arguments[2]);
		if (map < 0) {
			perror(arguments[2]);
			return 1;
		}
		measure(&patterns[i], map, (uint32_t)strtoul(arguments[3], NULL, 10));
		return 0;
	}
	fprintf(stderr, "usage: map_calls addresses|rules PINNED_MAP COUNT\n");
	return 2;
}
