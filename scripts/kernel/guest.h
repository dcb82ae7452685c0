/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the test machine's PID 1 share. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#define MACHINE_FAILED 125

/* The host reads lines from this port: "ready", "warn", "error", "rc". */
extern int control_port;

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Tells why, and stops. */
void die(const char *what) __attribute__((noreturn));

/* Whole contents, NUL behind them; NULL when there is no such file. Never freed: PID 1 runs once. */
char *read_file(const char *path, size_t *length);
void write_file(const char *path, const char *text);
void make_folders(char *path);
int open_port(int number);

/* Files and devices as the command sees them; ends in the new root. */
void mount_host_root(void);
/* Runs /run/rok/cmd, passes its output on, and returns its status. */
int run_command(int out, int err, unsigned long long sent[2]);
