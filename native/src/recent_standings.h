#pragma once

#include <array>

#include "l7/hooks.h"

namespace heddle {

/** How the last connections stood with policy: until it changes, it says the same of the next between the same ends. Of one thread. */
class RecentStandings {
public:
	struct Entry {
		uint32_t network = 0;
		/** Its port does not count: no rule is about it. */
		l7::Address client;
		l7::Address destination;
		l7::Standing standing;
	};

	/** The only place for the connection; another's, or an older one's, may be there. */
	Entry& place(const l7::ConnectionInfo& info);
	static bool isOf(const Entry& entry, const l7::ConnectionInfo& info);

private:
	static constexpr size_t kPlaces = 256;
	std::array<Entry, kPlaces> places_;
};

}  // namespace heddle
