#include "thread.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <uv.h>

#include <cerrno>
#include <cstdlib>

namespace heddle {

constexpr const char* kOwnNamespace = "/proc/thread-self/ns/net";

namespace detail {

void runThread(void (*entry)(void*), void* argument) {
	uv_thread_t thread;
	// Nothing sensible can be done in the wrong namespace: out of threads is the end.
	if (uv_thread_create(&thread, entry, argument) != 0) abort();
	uv_thread_join(&thread);
}

bool sameNamespace(int fd) {
	struct stat own;
	return stat(kOwnNamespace, &own) == 0 && own.st_ino == namespaceInode(fd);
}

Status enter(int fd) {
	if (setns(fd, CLONE_NEWNET) == 0) return Status::success();
	return Status::system(errno, "setns", "entering the network namespace");
}

}  // namespace detail

Status currentNamespace(Fd& out) {
	out.reset(open(kOwnNamespace, O_RDONLY | O_CLOEXEC));
	if (out.valid()) return Status::success();
	return Status::system(errno, "open", kOwnNamespace);
}

uint64_t namespaceInode(int fd) {
	struct stat info;
	return fstat(fd, &info) == 0 ? info.st_ino : 0;
}

Status checkNamespace(int fd) {
	if (ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET) return Status::success();
	return Status::of("ERR_INVALID_ARGUMENT",
		"netns: expected the descriptor of a network namespace, found descriptor " + std::to_string(fd));
}

}  // namespace heddle
