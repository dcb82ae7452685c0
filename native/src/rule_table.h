#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "l7/standing.h"

namespace heddle {

/** HTTP rules by the cookie of the policy row that sends connections to them. On any thread. */
class RuleTable {
public:
	void set(uint32_t cookie, std::shared_ptr<const l7::RuleSet> rules);
	/** true when there were any. */
	bool remove(uint32_t cookie);
	/** Raised by every change. Read before `find`, it tells later whether what was found is still so. */
	uint64_t version() const { return version_.load(std::memory_order_acquire); }
	/** false: a side that policy sent here has none. */
	bool find(const l7::PolicyAnswer& answer, l7::Rules& rules) const;

private:
	std::shared_ptr<const l7::RuleSet> findOne(uint32_t cookie) const;

	mutable std::mutex mutex_;
	std::atomic<uint64_t> version_{1};
	std::unordered_map<uint32_t, std::shared_ptr<const l7::RuleSet>> sets_;
};

}  // namespace heddle
