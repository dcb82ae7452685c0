#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "ends.h"
#include "upstream.h"

namespace heddle::l7 {

/** Whom a connection to a server speaks for: who has the address now must be who had it then. */
struct UpstreamKey {
	Ends ends;
	uint16_t sourceEndpoint = 0, destinationEndpoint = 0;

	bool operator==(const UpstreamKey& other) const;
};

struct UpstreamKeyHash {
	size_t operator()(const UpstreamKey& key) const { return key.ends.hash(); }
};

/** Connections to servers whose client has gone: the same client's next one takes them over. Of one thread. */
class UpstreamPool {
public:
	UpstreamPool() = default;
	UpstreamPool(const UpstreamPool&) = delete;

	/** Closed where there is no room. */
	void give(const UpstreamKey& key, std::unique_ptr<Upstream> upstream, uint64_t nowMs);
	/** One on which the server has said nothing since; nullptr: none. */
	std::unique_ptr<Upstream> take(const UpstreamKey& key);
	/** After each round of events: closes those that have been here for longer, now or a little later. */
	void expire(uint64_t nowMs, uint64_t longestMs);
	void clear();

private:
	struct Idle {
		std::unique_ptr<Upstream> upstream;
		uint64_t sinceMs;
	};
	static constexpr size_t kMost = 1024;
	static constexpr uint64_t kStepMs = 250;

	void end(std::unique_ptr<Upstream> upstream);

	std::unordered_map<UpstreamKey, std::vector<Idle>, UpstreamKeyHash> idle_;
	/** Events of the same round may still name them. */
	std::vector<std::unique_ptr<Upstream>> gone_;
	size_t count_ = 0;
	uint64_t nextMs_ = 0;
};

}  // namespace heddle::l7
