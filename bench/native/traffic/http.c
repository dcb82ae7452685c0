/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.1, as far as one server and its clients need it. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http.h"

const char *http_pattern(void)
{
	static char pattern[HTTP_CHUNK + HTTP_LETTERS];

	if (!pattern[0])
		for (size_t i = 0; i < sizeof(pattern); i++)
			pattern[i] = (char)('a' + i % HTTP_LETTERS);
	return pattern;
}

uint64_t http_length_of(const char *path, size_t length)
{
	size_t first = length;
	uint64_t value = 0;

	while (first > 0 && isdigit((unsigned char)path[first - 1]))
		first--;
	for (size_t i = first; i < length; i++)
		value = value * 10 + (uint64_t)(path[i] - '0');
	return value;
}

size_t http_write_request(char *text, size_t room, const char *method, const char *path, const char *host, int close)
{
	int length = snprintf(text, room, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: heddle-bench\r\nAccept: */*\r\n%s\r\n",
			      method, path, host, close ? "Connection: close\r\n" : "");

	return length > 0 && (size_t)length < room ? (size_t)length : 0;
}

size_t http_head_of(const char *text, size_t length)
{
	const char *end = memmem(text, length, "\r\n\r\n", 4);

	return end ? (size_t)(end - text) + 4 : 0;
}

static const char *value_of(const char *head, size_t length, const char *name)
{
	size_t size = strlen(name);

	for (size_t i = 0; i + size < length; i++)
		if (head[i] == '\n' && strncasecmp(head + i + 1, name, size) == 0)
			return head + i + 1 + size;
	return NULL;
}

struct http_response http_read_head(const char *text, size_t length)
{
	struct http_response response = {.head = length};
	const char *value = value_of(text, length, "content-length:");

	if (length < 16 || memcmp(text, "HTTP/1.1 ", 9) != 0)
		return response;
	response.status = atoi(text + 9);
	response.length = value ? strtoull(value, NULL, 10) : 0;
	return response;
}
