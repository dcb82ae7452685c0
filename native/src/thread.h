#pragma once

#include <cstdint>

#include "fd.h"
#include "status.h"

namespace heddle {

namespace detail {
void runThread(void (*entry)(void*), void* argument);
bool sameNamespace(int fd);
Status enter(int fd);
}  // namespace detail

/** Runs `work` on a short-lived thread and waits: what it does to its namespaces ends with it. */
template <class Work>
void onThread(Work& work) {
	detail::runThread([](void* argument) { (*static_cast<Work*>(argument))(); }, &work);
}

/** Namespace of the calling thread, as a descriptor. */
Status currentNamespace(Fd& out);
/** Inode number, or 0. */
uint64_t namespaceInode(int fd);
/** Checks that `fd` is a network namespace. */
Status checkNamespace(int fd);

/** Runs `work` (returning Status) inside the namespace; on this thread when it is there already. */
template <class Work>
Status inNamespace(int fd, Work&& work) {
	if (fd < 0 || detail::sameNamespace(fd)) return work();
	Status status;
	auto body = [&] {
		status = detail::enter(fd);
		if (!status.failed()) status = work();
	};
	onThread(body);
	return status;
}

}  // namespace heddle
