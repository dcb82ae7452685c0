#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "l7/standing.h"

namespace heddle {

/** Rules by the cookie of the policy row that sends connections to them. On any thread. */
template <class RuleSet>
class RuleTable {
public:
	using Set = std::shared_ptr<const RuleSet>;

	void set(uint32_t cookie, Set rules) {
		// What it replaces is freed without the lock.
		std::lock_guard<std::mutex> lock(mutex_);
		sets_[cookie].swap(rules);
		version_.fetch_add(1, std::memory_order_release);
	}
	/** true when there were any. */
	bool remove(uint32_t cookie) {
		std::lock_guard<std::mutex> lock(mutex_);
		if (sets_.erase(cookie) == 0) return false;
		version_.fetch_add(1, std::memory_order_release);
		return true;
	}
	/** Raised by every change. Read before `find`, it tells later whether what was found is still so. */
	uint64_t version() const { return version_.load(std::memory_order_acquire); }
	/** false: a side that policy sent here has none. */
	template <class Rules>
	bool find(const l7::PolicyAnswer& answer, Rules& rules) const {
		rules = {};
		std::lock_guard<std::mutex> lock(mutex_);
		if (answer.egressRedirected && !(rules.egress = findOne(answer.egressCookie))) return false;
		if (answer.ingressRedirected && !(rules.ingress = findOne(answer.ingressCookie))) return false;
		return rules.any();
	}

private:
	Set findOne(uint32_t cookie) const {
		auto found = sets_.find(cookie);
		return found == sets_.end() ? nullptr : found->second;
	}

	mutable std::mutex mutex_;
	std::atomic<uint64_t> version_{1};
	std::unordered_map<uint32_t, Set> sets_;
};

}  // namespace heddle
