#include "incoming.h"

#include <netinet/in.h>

namespace heddle::dns {

/** Memory that is not written to costs nothing: it is not filled. */
Incoming::Incoming() : memory_(new char[kMost * kLongest]) {}

int Incoming::receive(int fd) {
	for (unsigned i = 0; i < kMost; i++) {
		parts_[i] = {memory_.get() + i * kLongest, kLongest};
		messages_[i] = {};
		messages_[i].msg_hdr = {&sources_[i], sizeof(sources_[i]), &parts_[i], 1, controls_[i], kControl, 0};
	}
	return recvmmsg(fd, messages_, kMost, MSG_DONTWAIT, nullptr);
}

l7::Address Incoming::destination(int i) const {
	l7::Address address;
	auto* message = const_cast<msghdr*>(&messages_[i].msg_hdr);
	for (cmsghdr* header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
		if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
			in_pktinfo info;
			memcpy(&info, CMSG_DATA(header), sizeof(info));
			address.family = AF_INET;
			memcpy(address.ip, &info.ipi_addr, 4);
		} else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
			in6_pktinfo info;
			memcpy(&info, CMSG_DATA(header), sizeof(info));
			address.family = AF_INET6;
			memcpy(address.ip, &info.ipi6_addr, 16);
		}
	}
	return address;
}

}  // namespace heddle::dns
