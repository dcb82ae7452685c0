#pragma once

#include <cstdint>

#include "netlink_message.h"

namespace heddle {

enum HookNumber : uint32_t { kIngress = 0, kEgress = 1 };

// clsact and its filter with priority 1, handle 1; no allocation, safe after fork.

void writeAddQdisc(MessageWriter& writer, int ifindex);
void writeDeleteQdisc(MessageWriter& writer, int ifindex);
/** `flags`: NLM_F_CREATE | NLM_F_EXCL for a new filter, NLM_F_REPLACE for an atomic swap. */
void writeFilter(MessageWriter& writer, int ifindex, uint32_t hook, int programFd, uint16_t flags);
void writeDeleteFilter(MessageWriter& writer, int ifindex, uint32_t hook);

/** Program id of our filter. errno; ENOENT when there is none. */
int findFilter(int fd, int ifindex, uint32_t hook, uint32_t& programId);
/** No filter of anybody on either hook. */
bool isClsactEmpty(int fd, int ifindex);

}  // namespace heddle
