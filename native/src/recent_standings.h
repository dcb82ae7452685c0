#pragma once

#include <array>

#include "l7/ends.h"
#include "l7/standing.h"

namespace heddle {

/** How the last connections stood with policy: until it changes, it says the same of the next between the same ends. Of one thread. */
class RecentStandings {
public:
	struct Entry {
		l7::Ends ends;
		l7::Standing standing;
	};

	/** The only place for connections between them; what is there may be others', or out of date. */
	Entry& place(const l7::Ends& ends) { return places_[ends.hash() % kPlaces]; }

private:
	static constexpr size_t kPlaces = 256;
	std::array<Entry, kPlaces> places_;
};

}  // namespace heddle
