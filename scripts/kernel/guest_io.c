/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest.h"

int control_port = -1;

static void write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(fd, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return;
		bytes += written;
		length -= (size_t)written;
	}
}

void say(const char *format, ...)
{
	char line[512];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (length > (int)sizeof(line) - 1)
		length = sizeof(line) - 1;
	write_all(control_port >= 0 ? control_port : STDOUT_FILENO, line, (size_t)length);
}

void die(const char *what)
{
	say("error %s: %s\n", what, strerror(errno));
	say("rc %d 0 0\n", MACHINE_FAILED);
	for (;;)
		pause();
}

char *read_file(const char *path, size_t *length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0, room = 65536;
	char *bytes;
	ssize_t got;

	if (fd < 0)
		return NULL;
	bytes = malloc(room + 1);
	while (bytes && (got = read(fd, bytes + used, room - used)) > 0) {
		used += (size_t)got;
		if (used == room) {
			room *= 2;
			bytes = realloc(bytes, room + 1);
		}
	}
	close(fd);
	if (!bytes)
		die(path);
	bytes[used] = 0;
	if (length)
		*length = used;
	return bytes;
}

void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	write_all(fd, text, strlen(text));
	close(fd);
}

void make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(path, 0755);
		*slash = '/';
	}
	mkdir(path, 0755);
}

int open_port(int number)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/vport0p%d", number);
	for (int i = 0; i < 2000; i++) {
		int fd = open(path, O_RDWR | O_CLOEXEC);

		if (fd >= 0)
			return fd;
		usleep(1000);
	}
	return -1;
}
