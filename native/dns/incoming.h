#pragma once

#include <sys/socket.h>

#include <memory>
#include <string_view>

#include "l7/address.h"

namespace heddle::dns {

/** Datagrams received together. Of one thread, one use at a time. */
class Incoming {
public:
	static constexpr unsigned kMost = 32;

	Incoming();
	/** How many; -1: none, errno says why. */
	int receive(int fd);
	std::string_view bytes(int i) const { return {memory_.get() + size_t(i) * kLongest, messages_[i].msg_len}; }
	l7::Address source(int i) const { return l7::Address::from(sources_[i]); }
	/** Where it was sent to, without port; of family AF_UNSPEC: the kernel does not tell. */
	l7::Address destination(int i) const;

private:
	/** More than any datagram has: none is cut. */
	static constexpr size_t kLongest = 64 << 10;
	static constexpr size_t kControl = 128;

	std::unique_ptr<char[]> memory_;
	mmsghdr messages_[kMost];
	iovec parts_[kMost];
	sockaddr_storage sources_[kMost];
	alignas(cmsghdr) char controls_[kMost][kControl];
};

}  // namespace heddle::dns
