/* SPDX-License-Identifier: Apache-2.0 */
/* PID 1 of the test machine: loads modules, waits for the host's root share, runs one command. */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest.h"

static void mount_early(const char *type, const char *target)
{
	mkdir(target, 0755);
	mount(type, target, type, 0, NULL);
}

static void load_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST))
		say("warn module %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	unlink(path);
}

static void load_modules(void)
{
	char *lines = read_file("/modules.list", NULL), *rest = NULL;

	for (char *path = lines ? strtok_r(lines, "\n", &rest) : NULL; path; path = strtok_r(NULL, "\n", &rest))
		load_module(path);
}

static void tell_ready(void)
{
	char *uptime = read_file("/proc/uptime", NULL);

	if (uptime)
		uptime[strcspn(uptime, " ")] = 0;
	say("ready %s\n", uptime ? uptime : "");
}

static void raise_loopback(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {.ifr_name = "lo"};

	request.ifr_flags = IFF_UP | IFF_RUNNING;
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request))
		say("warn lo: %s\n", strerror(errno));
	if (fd >= 0)
		close(fd);
}

int main(void)
{
	unsigned long long sent[2] = {0};
	int out, err, status;

	signal(SIGPIPE, SIG_IGN);
	mount_early("proc", "/proc");
	mount_early("sysfs", "/sys");
	mount_early("devtmpfs", "/dev");
	load_modules();
	out = open_port(1);
	err = open_port(2);
	control_port = open_port(3);
	if (out < 0 || err < 0 || control_port < 0)
		die("virtio port");
	tell_ready();

	mount_host_root();
	if (sethostname("test-machine", 12))
		say("warn host name: %s\n", strerror(errno));
	raise_loopback();
	write_file("/proc/sys/kernel/printk", "1");
	status = run_command(out, err, sent);

	/* write() to a port returns before the host has the bytes: it is told how many to wait for, and kills us. */
	say("rc %d %llu %llu\n", status, sent[0], sent[1]);
	for (;;)
		pause();
}
