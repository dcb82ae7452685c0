#include "netlink_wire.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace heddle {

constexpr size_t kReceiveSize = 32768;

int openNetlink() {
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0) return -1;
	int one = 1, size = 1 << 20;
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

static int sendAll(int fd, const MessageWriter& request) {
	if (request.overflowed()) return EMSGSIZE;
	sockaddr_nl kernel = {};
	kernel.nl_family = AF_NETLINK;
	ssize_t sent;
	do sent = sendto(fd, request.data(), request.length(), 0, reinterpret_cast<sockaddr*>(&kernel), sizeof(kernel));
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? errno : 0;
}

static ssize_t receive(int fd, uint8_t* buffer, size_t size) {
	ssize_t length;
	do length = recv(fd, buffer, size, 0);
	while (length < 0 && errno == EINTR);
	return length;
}

static void copyReason(const nlmsghdr* header, char* reason, size_t reasonSize) {
	if (!reason || reasonSize == 0 || !(header->nlmsg_flags & NLM_F_ACK_TLVS)) return;
	size_t offset = NLMSG_LENGTH(sizeof(nlmsgerr));
	if (header->nlmsg_len < offset) return;
	AttributeReader attributes(reinterpret_cast<const uint8_t*>(header) + offset, header->nlmsg_len - offset);
	while (attributes.next()) {
		if (attributes.type() != NLMSGERR_ATTR_MSG) continue;
		size_t length = attributes.textLength() < reasonSize - 1 ? attributes.textLength() : reasonSize - 1;
		memcpy(reason, attributes.text(), length);
		reason[length] = 0;
	}
}

int transact(int fd, const MessageWriter& request, int* results, char* reason, size_t reasonSize) {
	if (reason && reasonSize) reason[0] = 0;
	int error = sendAll(fd, request);
	if (error != 0) return error;
	alignas(nlmsghdr) uint8_t buffer[kReceiveSize];
	uint32_t left = request.messages();
	while (left > 0) {
		ssize_t length = receive(fd, buffer, sizeof(buffer));
		if (length < 0) return errno;
		int size = static_cast<int>(length);
		for (auto* header = reinterpret_cast<nlmsghdr*>(buffer); NLMSG_OK(header, size); header = NLMSG_NEXT(header, size)) {
			if (header->nlmsg_type != NLMSG_ERROR) continue;
			if (header->nlmsg_seq < 1 || header->nlmsg_seq > request.messages()) continue;
			auto* answer = static_cast<nlmsgerr*>(NLMSG_DATA(header));
			results[header->nlmsg_seq - 1] = -answer->error;
			if (answer->error != 0) copyReason(header, reason, reasonSize);
			left--;
		}
	}
	return 0;
}

int query(int fd, const MessageWriter& request, MessageVisitor visit, void* context) {
	int error = sendAll(fd, request);
	if (error != 0) return error;
	bool dump = reinterpret_cast<const nlmsghdr*>(request.data())->nlmsg_flags & NLM_F_DUMP;
	alignas(nlmsghdr) uint8_t buffer[kReceiveSize];
	int stopped = 0;
	for (;;) {
		ssize_t length = receive(fd, buffer, sizeof(buffer));
		if (length < 0) return errno;
		int size = static_cast<int>(length);
		for (auto* header = reinterpret_cast<nlmsghdr*>(buffer); NLMSG_OK(header, size); header = NLMSG_NEXT(header, size)) {
			if (header->nlmsg_type == NLMSG_ERROR) return -static_cast<nlmsgerr*>(NLMSG_DATA(header))->error;
			// The rest of a dump is read all the same: the socket is used again.
			if (header->nlmsg_type == NLMSG_DONE) return stopped;
			if (stopped == 0) stopped = visit(context, header);
			if (!dump) return stopped;
		}
	}
}

}  // namespace heddle
