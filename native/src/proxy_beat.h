#pragma once

#include <atomic>
#include <cstdint>

#include "status.h"

namespace heddle {

class Map;

/** Tells the datapath that a proxy's threads take their turns: what waits for others is refused. */
class ProxyBeat {
public:
	ProxyBeat() = default;
	ProxyBeat(const ProxyBeat&) = delete;
	~ProxyBeat() { close(); }

	/** `control`: holds one `struct control`. */
	Status open(const Map& control);
	/** No thread may tell any more. */
	void close();
	/** On any thread. `second`: of CLOCK_MONOTONIC. */
	void tell(uint32_t second) {
		if (second_ && second_->load(std::memory_order_relaxed) != second) second_->store(second, std::memory_order_relaxed);
	}

private:
	void* mapped_ = nullptr;
	std::atomic<uint32_t>* second_ = nullptr;
	size_t length_ = 0;
};

}  // namespace heddle
