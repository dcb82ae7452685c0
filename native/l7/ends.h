#pragma once

#include <cstddef>
#include <cstdint>

#include "address.h"

namespace heddle::l7 {

/** Between whom connections are. */
struct Ends {
	uint32_t network = 0;
	/** The port does not count: no rule is about it. */
	Address client;
	Address destination;

	bool operator==(const Ends& other) const;
	size_t hash() const;
};

}  // namespace heddle::l7
