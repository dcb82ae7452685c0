#include "guardian.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "thread.h"

namespace heddle {

class Lock {
public:
	explicit Lock(uv_mutex_t& mutex) : mutex_(mutex) { uv_mutex_lock(&mutex_); }
	~Lock() { uv_mutex_unlock(&mutex_); }

private:
	uv_mutex_t& mutex_;
};

Status Guardian::ensureRunning() {
	if (socket_.valid()) return Status::success();
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return Status::system(errno, "socketpair", "starting the guardian process");
	Fd ours(pair[0]), theirs(pair[1]);
	child_ = fork();
	if (child_ < 0) return Status::system(errno, "fork", "starting the guardian process");
	if (child_ == 0) runGuardian(theirs.get());
	socket_ = std::move(ours);
	return Status::success();
}

void Guardian::end() {
	if (!socket_.valid()) return;
	socket_.reset();
	guarded_ = 0;
	// It has little or nothing to do by now. libuv waits for its own children only, so this one is ours to reap.
	while (waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
	}
}

Status Guardian::send(GuardianMessage& message, int descriptor) {
	iovec vector = {&message, offsetof(GuardianMessage, filters) + message.count * sizeof(WatchedFilter)};
	alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
	msghdr header = {};
	header.msg_iov = &vector;
	header.msg_iovlen = 1;
	if (descriptor >= 0) {
		header.msg_control = control;
		header.msg_controllen = sizeof(control);
		cmsghdr* rights = CMSG_FIRSTHDR(&header);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(rights), &descriptor, sizeof(descriptor));
	}
	ssize_t sent;
	do sent = sendmsg(socket_.get(), &header, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent >= 0) return Status::success();
	int error = errno;
	// Somebody killed it: the next request starts another.
	end();
	return Status::system(error, "sendmsg", "telling the guardian process");
}

Status Guardian::sendFilters(GuardianOperation operation, int netns, const std::vector<WatchedFilter>& filters) {
	for (size_t from = 0; from < filters.size(); from += kFiltersPerMessage) {
		GuardianMessage message;
		message.operation = operation;
		message.netns = namespaceInode(netns);
		message.count = static_cast<uint32_t>(std::min(filters.size() - from, kFiltersPerMessage));
		memcpy(message.filters, &filters[from], message.count * sizeof(WatchedFilter));
		Status status = send(message, operation == GuardianOperation::Watch ? netns : -1);
		if (status.failed()) return status;
	}
	return Status::success();
}

Status Guardian::watch(int netns, const std::vector<WatchedFilter>& filters) {
	Lock lock(mutex_);
	Status status = ensureRunning();
	if (!status.failed()) status = sendFilters(GuardianOperation::Watch, netns, filters);
	if (!status.failed()) guarded_ += filters.size();
	return status;
}

Status Guardian::rewatch(int netns, const WatchedFilter& filter) {
	Lock lock(mutex_);
	Status status = ensureRunning();
	return status.failed() ? status : sendFilters(GuardianOperation::Watch, netns, {filter});
}

void Guardian::forget(int netns, const std::vector<WatchedFilter>& filters) {
	Lock lock(mutex_);
	if (!socket_.valid()) return;
	sendFilters(GuardianOperation::Forget, netns, filters);
	guarded_ -= std::min(guarded_, filters.size());
	endIfIdle();
}

void Guardian::endIfIdle() {
	if (guarded_ == 0) end();
}

void Guardian::stop() {
	Lock lock(mutex_);
	end();
}

}  // namespace heddle
