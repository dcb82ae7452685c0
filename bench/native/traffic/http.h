/* SPDX-License-Identifier: Apache-2.0 */
/* What the HTTP server says and its clients expect: bodies are a pattern, as long as the path says. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HTTP_LETTERS 26
/* A whole number of alphabets: where a piece of it begins is the offset modulo the alphabet. */
#define HTTP_CHUNK (HTTP_LETTERS * 8192)
#define HTTP_HEAD 2048

struct http_response {
	int status; /* 0: not HTTP/1.1 */
	uint64_t length; /* of the body */
	size_t head; /* bytes */
};

/* http.c */
const char *http_pattern(void);
uint64_t http_length_of(const char *path, size_t length);
size_t http_write_request(char *text, size_t room, const char *method, const char *path, const char *host, int close);
/* Bytes of the head; 0: not whole yet. */
size_t http_head_of(const char *text, size_t length);
struct http_response http_read_head(const char *text, size_t length);
