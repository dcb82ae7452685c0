#pragma once

#include <memory>

#include "dns/client_info.h"
#include "dns/listener.h"

namespace heddle::dns {

constexpr uint32_t kNetwork = 7;

/** A port of 0 becomes the kernel's choice, the same for UDP and TCP. nullptr: errno says why. */
std::shared_ptr<Listener> listenAt(l7::Address& address);
int connectFrom(const ClientInfo& info, const l7::Address& upstream);

}  // namespace heddle::dns
