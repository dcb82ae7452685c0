#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include "address.h"
#include "limits.h"

namespace heddle::l7 {

enum class Admission : uint8_t { Admitted, Full, FullForClient };

/** Connections, in all and by client address of a network; of all threads together. */
class ClientCount {
public:
	Admission enter(uint32_t network, const Address& client, const Limits& limits);
	void leave(uint32_t network, const Address& client);

private:
	std::mutex mutex_;
	uint32_t total_ = 0;
	std::unordered_map<std::string, uint32_t> clients_;
};

}  // namespace heddle::l7
