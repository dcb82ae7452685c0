#pragma once

#include <atomic>
#include <cstdint>

#include "control_page.h"

namespace heddle {

class Map;

/** Tells the datapath that a proxy's threads take their turns: what waits for others is refused. */
class ProxyBeat {
public:
	/** `control`: holds one `struct control`. */
	Status open(const Map& control);
	/** No thread may tell any more. */
	void close();
	/** On any thread. `second`: of CLOCK_MONOTONIC. */
	void tell(uint32_t second) {
		if (second_ && second_->load(std::memory_order_relaxed) != second) second_->store(second, std::memory_order_relaxed);
	}

private:
	ControlPage page_;
	std::atomic<uint32_t>* second_ = nullptr;
};

}  // namespace heddle
