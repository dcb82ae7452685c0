#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "answer.h"

namespace heddle::dns {

enum class Knowledge : uint8_t {
	/** As long as the client may use it. */
	Known,
	/** Now, but not as long. */
	Ending,
	/** Not, or nearly not any more. */
	Unknown,
};

/** Which addresses of which names have been learned, and until when. Of one thread. Times in milliseconds. */
class KnownNames {
public:
	/** `shortestTtl`: seconds for which an address is used at least, whatever an answer says. */
	KnownNames(size_t most, uint32_t shortestTtl) : most_(most), shortestTtl_(shortestTtl) {}
	Knowledge knows(const std::string& name, const std::vector<Found>& found, uint64_t nowMs) const;
	/** `found`: with the times that were learned. */
	void add(const std::string& name, const std::vector<Found>& found, uint64_t nowMs);
	void forget(const std::string& name) { names_.erase(name); }

private:
	struct Known {
		l7::Address address;
		uint64_t endMs;
	};

	void makeRoom(uint64_t nowMs);

	const size_t most_;
	const uint32_t shortestTtl_;
	std::unordered_map<std::string, std::vector<Known>> names_;
};

}  // namespace heddle::dns
