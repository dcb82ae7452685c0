/* SPDX-License-Identifier: Apache-2.0 */
/* The host's root, read-only, below an overlay in memory; what the host wants written through beside it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "guest.h"

#define PLUG_TRIES 2500
#define PLUG_WAIT_US 2000

static void mount_at(const char *source, const char *target, const char *type, unsigned long flags, const char *options)
{
	mkdir(target, 0755);
	if (mount(source, target, type, flags, options))
		say("warn mount %s on %s: %s\n", type ? type : source, target, strerror(errno));
}

/* The share is plugged in at once on a plain boot, and after the restore of a snapshot. */
static void wait_for_root_share(void)
{
	mkdir("/lower", 0755);
	for (int tries = 1; mount("rokroot", "/lower", "virtiofs", MS_RDONLY, NULL); tries++) {
		usleep(PLUG_WAIT_US);
		if (tries % 500 == 0)
			write_file("/sys/bus/pci/rescan", "1");
	}
}

/* A restored machine has the clock of its snapshot. */
static void set_clock(void)
{
	const char *epoch = read_file("/lower/run/rok/epoch", NULL);
	struct timeval now = {0};
	char *fraction;

	if (!epoch)
		return;
	now.tv_sec = strtol(epoch, &fraction, 10);
	if (*fraction == '.') {
		char microseconds[7] = "000000";

		for (int i = 0; i < 6 && fraction[1 + i] >= '0' && fraction[1 + i] <= '9'; i++)
			microseconds[i] = fraction[1 + i];
		now.tv_usec = atol(microseconds);
	}
	settimeofday(&now, NULL);
}

/* And its random numbers. */
static void seed_random(void)
{
	struct {
		int bits, bytes;
		char data[256];
	} pool = {0};
	size_t length = 0;
	char *seed = read_file("/lower/run/rok/seed", &length);
	int fd = open("/dev/urandom", O_RDWR | O_CLOEXEC);

	if (seed && fd >= 0) {
		pool.bytes = length > sizeof(pool.data) ? (int)sizeof(pool.data) : (int)length;
		pool.bits = pool.bytes * 8;
		memcpy(pool.data, seed, (size_t)pool.bytes);
		ioctl(fd, RNDADDENTROPY, &pool);
		ioctl(fd, RNDRESEEDCRNG, 0);
	}
	if (fd >= 0)
		close(fd);
}

static void raise_read_ahead(void)
{
	struct stat share;
	char path[80];

	if (stat("/lower", &share))
		return;
	snprintf(path, sizeof(path), "/sys/class/bdi/%u:%u/read_ahead_kb", major(share.st_dev), minor(share.st_dev));
	write_file(path, "1024");
}

static void mount_overlay(void)
{
	mount_at("tmpfs", "/rw", "tmpfs", 0, "size=80%");
	mkdir("/rw/upper", 0755);
	mkdir("/rw/work", 0755);
	mkdir("/new", 0755);
	if (mount("overlay", "/new", "overlay", 0, "lowerdir=/lower,upperdir=/rw/upper,workdir=/rw/work"))
		die("overlay");
}

static void link_at(const char *target, const char *path)
{
	if (symlink(target, path) && errno != EEXIST)
		say("warn link %s: %s\n", path, strerror(errno));
}

static void mount_kernel_views(void)
{
	mount_at("proc", "/new/proc", "proc", 0, NULL);
	mount_at("sys", "/new/sys", "sysfs", 0, NULL);
	mount_at("dev", "/new/dev", "devtmpfs", 0, NULL);
	mount_at("devpts", "/new/dev/pts", "devpts", 0, "gid=5,mode=620,ptmxmode=666");
	mount_at("shm", "/new/dev/shm", "tmpfs", 0, "mode=1777");
	link_at("/proc/self/fd", "/new/dev/fd");
	link_at("/proc/self/fd/0", "/new/dev/stdin");
	link_at("/proc/self/fd/1", "/new/dev/stdout");
	link_at("/proc/self/fd/2", "/new/dev/stderr");
	mount_at("run", "/new/run", "tmpfs", 0, "mode=755");
	mkdir("/new/run/lock", 01777);
	mkdir("/new/run/netns", 0755);
	mount_at("/lower/run/rok", "/new/run/rok", NULL, MS_BIND, NULL);
	mount_at("bpf", "/new/sys/fs/bpf", "bpf", 0, "mode=700");
	mount_at("cgroup2", "/new/sys/fs/cgroup", "cgroup2", 0, "nsdelegate");
	mount_at("tracefs", "/new/sys/kernel/tracing", "tracefs", 0, NULL);
	mount_at("debugfs", "/new/sys/kernel/debug", "debugfs", 0, NULL);
}

static void mount_modules(void)
{
	struct utsname kernel;
	char path[256];

	uname(&kernel);
	snprintf(path, sizeof(path), "/new/lib/modules/%s", kernel.release);
	make_folders(path);
	mount_at("/lower/run/modules", path, NULL, MS_BIND, NULL);
}

static void mount_writable(const char *tag, const char *path)
{
	char target[4096];

	snprintf(target, sizeof(target), "/new%s", path);
	make_folders(target);
	for (int tries = 0; mount(tag, target, "virtiofs", 0, NULL); tries++) {
		if (tries == PLUG_TRIES)
			die(path);
		usleep(PLUG_WAIT_US);
	}
}

/* Lines "tag path". */
static void mount_writables(void)
{
	char *lines = read_file("/lower/run/rok/rw", NULL), *rest = NULL;

	for (char *tag = lines ? strtok_r(lines, "\n", &rest) : NULL; tag; tag = strtok_r(NULL, "\n", &rest)) {
		char *space = strchr(tag, ' ');

		if (!space)
			continue;
		*space = 0;
		mount_writable(tag, space + 1);
	}
}

void mount_host_root(void)
{
	wait_for_root_share();
	set_clock();
	seed_random();
	raise_read_ahead();
	mount_overlay();
	mount_kernel_views();
	mount_modules();
	mount_writables();
	if (chdir("/new") || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		die("switch root");
}
