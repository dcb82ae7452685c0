#include "outgoing.h"

#include <netinet/in.h>

#include <algorithm>
#include <cerrno>

#include "wire.h"

namespace heddle::dns {

Outgoing::Datagram& Outgoing::next(int fd, std::string_view message, uint16_t id) {
	if (count_ == kMost) flush();
	Datagram& datagram = datagrams_[count_++];
	datagram.fd = fd;
	datagram.bytes.clear();
	appendWithId(datagram.bytes, message, id);
	datagram.toLength = 0;
	datagram.controlLength = 0;
	return datagram;
}

void Outgoing::add(int fd, std::string_view message, uint16_t id) { next(fd, message, id); }

template <typename Info>
static size_t putControl(char* buffer, int level, int type, const Info& info) {
	auto* header = reinterpret_cast<cmsghdr*>(buffer);
	header->cmsg_level = level;
	header->cmsg_type = type;
	header->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(header), &info, sizeof(info));
	return CMSG_SPACE(sizeof(info));
}

void Outgoing::addReply(int fd, std::string_view message, uint16_t id, const ClientInfo& info) {
	Datagram& datagram = next(fd, message, id);
	datagram.toLength = info.client.to(datagram.to);
	if (info.server.family == AF_INET) {
		in_pktinfo source = {};
		memcpy(&source.ipi_spec_dst, info.server.ip, 4);
		datagram.controlLength = putControl(datagram.control, IPPROTO_IP, IP_PKTINFO, source);
	} else {
		in6_pktinfo source = {};
		memcpy(&source.ipi6_addr, info.server.ip, 16);
		datagram.controlLength = putControl(datagram.control, IPPROTO_IPV6, IPV6_PKTINFO, source);
	}
}

/** An error of an earlier datagram (refused) is told once, with a later one. */
void Outgoing::send(int fd, mmsghdr* messages, unsigned count) {
	bool again = false;
	for (unsigned at = 0; at < count;) {
		int sent = sendmmsg(fd, messages + at, count - at, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent > 0) {
			at += static_cast<unsigned>(sent);
			again = false;
		} else if (errno == ECONNREFUSED && !again) {
			again = true;
		} else {
			statistics_.unsent++;
			at++;
			again = false;
		}
	}
}

void Outgoing::flush() {
	Datagram* order[kMost];
	mmsghdr messages[kMost] = {};
	iovec parts[kMost];
	size_t count = count_;
	for (size_t i = 0; i < count; i++) order[i] = &datagrams_[i];
	std::stable_sort(order, order + count, [](const Datagram* a, const Datagram* b) { return a->fd < b->fd; });
	for (size_t i = 0; i < count; i++) {
		Datagram& datagram = *order[i];
		parts[i] = {datagram.bytes.data(), datagram.bytes.size()};
		messages[i].msg_hdr = {datagram.toLength ? &datagram.to : nullptr, datagram.toLength, &parts[i], 1,
			datagram.controlLength ? datagram.control : nullptr, datagram.controlLength, 0};
	}
	count_ = 0;
	for (size_t begin = 0, end = 0; begin < count; begin = end) {
		while (end < count && order[end]->fd == order[begin]->fd) end++;
		send(order[begin]->fd, messages + begin, static_cast<unsigned>(end - begin));
	}
}

}  // namespace heddle::dns
