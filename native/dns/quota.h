#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include "client_info.h"

namespace heddle::dns {

/** How many there are, in all and of each client of a network; of all threads together. */
class Quota {
public:
	/** Before threads use it. */
	void limit(uint32_t all, uint32_t perClient);
	/** false: one more would be too many. */
	bool enter(const ClientInfo& info);
	void leave(const ClientInfo& info);

private:
	std::mutex mutex_;
	uint32_t all_ = 0, perClient_ = 0, count_ = 0;
	std::unordered_map<std::string, uint32_t> clients_;
};

}  // namespace heddle::dns
