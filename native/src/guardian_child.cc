#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "clsact_wire.h"
#include "guardian_protocol.h"
#include "netlink_wire.h"

// Everything here runs after fork: no allocation, no locks, no standard output.

namespace heddle {

struct Watched {
	uint64_t netns;
	int netnsFd;
	WatchedFilter filter;
};

class GuardianChild {
public:
	explicit GuardianChild(int socket) : socket_(socket) {}

	void run() {
		while (receive()) {
		}
		removeFilters();
	}

private:
	bool receive();
	void watch(const GuardianMessage& message, int fd);
	void forget(const GuardianMessage& message);
	bool grow();
	Watched* find(uint64_t id);
	int knownNamespace(uint64_t netns) const;
	void removeFilters();
	void removeFilter(int netlink, const WatchedFilter& filter);

	int socket_;
	Watched* table_ = nullptr;
	size_t count_ = 0;
	size_t capacity_ = 0;
};

static int passedDescriptor(msghdr& header) {
	for (cmsghdr* control = CMSG_FIRSTHDR(&header); control; control = CMSG_NXTHDR(&header, control)) {
		if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) continue;
		int fd;
		memcpy(&fd, CMSG_DATA(control), sizeof(fd));
		return fd;
	}
	return -1;
}

bool GuardianChild::receive() {
	GuardianMessage message;
	alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
	iovec vector = {&message, sizeof(message)};
	msghdr header = {};
	header.msg_iov = &vector;
	header.msg_iovlen = 1;
	header.msg_control = control;
	header.msg_controllen = sizeof(control);
	ssize_t length = recvmsg(socket_, &header, MSG_CMSG_CLOEXEC);
	if (length < 0) return errno == EINTR;
	if (length == 0) return false;
	int fd = passedDescriptor(header);
	switch (message.operation) {
	case GuardianOperation::Watch: watch(message, fd); break;
	case GuardianOperation::Forget: forget(message); break;
	}
	return true;
}

bool GuardianChild::grow() {
	if (count_ < capacity_) return true;
	size_t capacity = capacity_ ? capacity_ * 2 : 128;
	void* memory = capacity_
		? mremap(table_, capacity_ * sizeof(Watched), capacity * sizeof(Watched), MREMAP_MAYMOVE)
		: mmap(nullptr, capacity * sizeof(Watched), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) return false;
	table_ = static_cast<Watched*>(memory);
	capacity_ = capacity;
	return true;
}

Watched* GuardianChild::find(uint64_t id) {
	for (size_t i = 0; i < count_; i++)
		if (table_[i].filter.id == id) return &table_[i];
	return nullptr;
}

int GuardianChild::knownNamespace(uint64_t netns) const {
	for (size_t i = 0; i < count_; i++)
		if (table_[i].netns == netns) return table_[i].netnsFd;
	return -1;
}

void GuardianChild::watch(const GuardianMessage& message, int fd) {
	int known = knownNamespace(message.netns);
	if (known >= 0) {
		close(fd);
		fd = known;
	}
	for (uint32_t i = 0; i < message.count; i++) {
		const WatchedFilter& filter = message.filters[i];
		if (Watched* old = find(filter.id)) old->filter = filter;
		else if (grow()) table_[count_++] = {message.netns, fd, filter};
	}
}

void GuardianChild::forget(const GuardianMessage& message) {
	int fd = knownNamespace(message.netns);
	for (uint32_t i = 0; i < message.count; i++) {
		const WatchedFilter& filter = message.filters[i];
		if (Watched* old = find(filter.id)) *old = table_[--count_];
	}
	// A namespace lives as long as someone holds it: not longer than needed.
	if (fd >= 0 && knownNamespace(message.netns) < 0) close(fd);
}

void GuardianChild::removeFilter(int netlink, const WatchedFilter& filter) {
	uint32_t programId = 0;
	int result = 0;
	alignas(nlmsghdr) uint8_t memory[256];
	if (findFilter(netlink, filter.ifindex, filter.hook, programId) == 0 &&
		(programId == filter.programId || programId == filter.previousProgramId)) {
		MessageWriter writer(memory, sizeof(memory));
		writeDeleteFilter(writer, filter.ifindex, filter.hook);
		transact(netlink, writer, &result, nullptr, 0);
	}
	if (!filter.ownsQdisc || !isClsactEmpty(netlink, filter.ifindex)) return;
	MessageWriter writer(memory, sizeof(memory));
	writeDeleteQdisc(writer, filter.ifindex);
	transact(netlink, writer, &result, nullptr, 0);
}

void GuardianChild::removeFilters() {
	uint64_t current = 0;
	int netlink = -1;
	for (size_t i = 0; i < count_; i++) {
		if (netlink < 0 || table_[i].netns != current) {
			if (netlink >= 0) close(netlink);
			netlink = -1;
			if (setns(table_[i].netnsFd, CLONE_NEWNET) != 0) continue;
			netlink = openNetlink();
			current = table_[i].netns;
		}
		if (netlink >= 0) removeFilter(netlink, table_[i].filter);
	}
}

static void closeRange(unsigned first, unsigned last) {
	if (first <= last) syscall(SYS_close_range, first, last, 0u);
}

void runGuardian(int socket) {
	setsid();
	prctl(PR_SET_NAME, "heddle-guardian");
	// A terminal's Ctrl-C or a service manager's TERM is for the parent; the guardian ends right after it.
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, nullptr);
	// The inherited standard output would keep a reader of the parent's output waiting.
	closeRange(0, static_cast<unsigned>(socket) - 1);
	closeRange(static_cast<unsigned>(socket) + 1, ~0u);
	int ignored = chdir("/");
	(void)ignored;
	GuardianChild(socket).run();
	_exit(0);
}

}  // namespace heddle
