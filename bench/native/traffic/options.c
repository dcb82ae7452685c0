/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: --name value pairs, each checked for its range. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traffic.h"

static bool parse_number(const char *text, double low, double high, double *number)
{
	char *end;

	*number = strtod(text, &end);
	return *text && !*end && *number >= low && *number <= high;
}

static bool parse_mac(const char *text, uint8_t mac[6])
{
	unsigned int bytes[6];
	char rest;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", &bytes[0], &bytes[1], &bytes[2], &bytes[3], &bytes[4], &bytes[5],
		   &rest) != 6)
		return false;
	for (int i = 0; i < 6; i++)
		mac[i] = (uint8_t)bytes[i];
	return true;
}

static bool parse_role(const char *text, enum role *role)
{
	static const char *const names[] = {"both", "client", "server"};

	for (int i = 0; i < 3; i++)
		if (strcmp(text, names[i]) == 0) {
			*role = (enum role)i;
			return true;
		}
	return false;
}

static const char **text_option(struct options *options, const char *name)
{
	const struct {
		const char *name;
		const char **value;
	} texts[] = {
		{"--client-ns", &options->client_ns}, {"--server-ns", &options->server_ns},
		{"--client-if", &options->client_if}, {"--server-if", &options->server_if},
		{"--address", &options->address},     {"--source", &options->source},
		{"--method", &options->method},	      {"--path", &options->path},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(texts[i].name, name) == 0)
			return texts[i].value;
	return NULL;
}

/* false: no such number, or out of range */
static bool set_number(struct options *options, const char *name, const char *text)
{
	double value;
	bool fine = true;

	if (strcmp(name, "--cpu") == 0 && (fine = parse_number(text, -1, 1023, &value)))
		options->cpu = (int)value;
	else if (strcmp(name, "--seconds") == 0 && (fine = parse_number(text, 0.001, MAX_SECONDS, &value)))
		options->seconds = value;
	else if (strcmp(name, "--rate") == 0 && (fine = parse_number(text, 0, 1e7, &value)))
		options->rate = value;
	else if (strcmp(name, "--count") == 0 && (fine = parse_number(text, 0, 1e12, &value)))
		options->count = (uint64_t)value;
	else if (strcmp(name, "--flows") == 0 && (fine = parse_number(text, 1, 60000, &value)))
		options->flows = (uint32_t)value;
	else if (strcmp(name, "--burst") == 0 && (fine = parse_number(text, 1, 4096, &value)))
		options->burst = (uint32_t)value;
	else if (strcmp(name, "--batch") == 0 && (fine = parse_number(text, 1, 64, &value)))
		options->batch = (uint32_t)value;
	else if (strcmp(name, "--size") == 0 && (fine = parse_number(text, 1, 1500, &value)))
		options->size = (uint32_t)value;
	else if (strcmp(name, "--port") == 0 && (fine = parse_number(text, 1, 65535, &value)))
		options->port = (uint16_t)value;
	else if (strcmp(name, "--timeout-ms") == 0 && (fine = parse_number(text, 1, 60000, &value)))
		options->timeout_ms = (int)value;
	else
		return false;
	return fine;
}

static bool set_option(struct options *options, const char *name, const char *text)
{
	const char **place = text_option(options, name);

	if (place) {
		*place = text;
		return true;
	}
	if (strcmp(name, "--role") == 0)
		return parse_role(text, &options->role);
	if (strcmp(name, "--to-mac") == 0)
		return parse_mac(text, options->to_mac);
	if (strcmp(name, "--back-mac") == 0)
		return parse_mac(text, options->back_mac);
	return set_number(options, name, text);
}

static void set_defaults(struct options *options)
{
	*options = (struct options){.client_if = "eth0",
				    .server_if = "eth0",
				    .address = "127.0.0.1",
				    .source = "127.0.0.1",
				    .method = "GET",
				    .path = "/1",
				    .cpu = -1,
				    .seconds = 1,
				    .flows = 1,
				    .batch = 1,
				    .burst = 64,
				    .size = 60,
				    .port = 5001};
}

int parse_options(struct options *options, int count, char **arguments)
{
	set_defaults(options);
	if (count < 2 || count % 2) {
		fprintf(stderr, "usage: traffic inject|tcp_stream|tcp_rr|tcp_crr|udp|probe_tcp|probe_udp|"
				"http|http_new|http_ask [--name value]...\n");
		return -EINVAL;
	}
	options->command = arguments[1];
	for (int i = 2; i < count; i += 2)
		if (!set_option(options, arguments[i], arguments[i + 1])) {
			fprintf(stderr, "traffic: %s %s: unknown, or out of range\n", arguments[i], arguments[i + 1]);
			return -EINVAL;
		}
	/* a server on its own waits for its client as long as it may live */
	if (!options->timeout_ms)
		options->timeout_ms = options->role == ROLE_SERVER ? (int)(options->seconds * 1000) : 1000;
	return 0;
}
