#pragma once

#include <cstddef>
#include <cstdint>

#include "netlink_message.h"

namespace heddle {

// System calls on an rtnetlink socket; no allocation, safe after fork. All errors are positive errnos.

/** A socket of the calling thread's namespace, or -1 with errno. */
int openNetlink();
/** Sends all messages at once and reads an acknowledgement for each; results[i] is message i's errno. `reason`: the kernel's text for the last failure, if any. */
int transact(int fd, const MessageWriter& request, int* results, char* reason, size_t reasonSize);

/** Called for each message of an answer; a non-zero result ends the walk. */
using MessageVisitor = int (*)(void* context, const nlmsghdr* header);
/** Sends one message (dump or not) and visits the answers up to the end. */
int query(int fd, const MessageWriter& request, MessageVisitor visit, void* context);

}  // namespace heddle
