#include "rule_table.h"

namespace heddle {

void RuleTable::set(uint32_t cookie, std::shared_ptr<const l7::RuleSet> rules) {
	// What it replaces is freed without the lock.
	std::lock_guard<std::mutex> lock(mutex_);
	sets_[cookie].swap(rules);
	version_.fetch_add(1, std::memory_order_release);
}

bool RuleTable::remove(uint32_t cookie) {
	std::lock_guard<std::mutex> lock(mutex_);
	if (sets_.erase(cookie) == 0) return false;
	version_.fetch_add(1, std::memory_order_release);
	return true;
}

std::shared_ptr<const l7::RuleSet> RuleTable::findOne(uint32_t cookie) const {
	auto found = sets_.find(cookie);
	return found == sets_.end() ? nullptr : found->second;
}

bool RuleTable::find(const l7::PolicyAnswer& answer, l7::Rules& rules) const {
	rules = {};
	std::lock_guard<std::mutex> lock(mutex_);
	if (answer.egressRedirected && !(rules.egress = findOne(answer.egressCookie))) return false;
	if (answer.ingressRedirected && !(rules.ingress = findOne(answer.ingressCookie))) return false;
	return rules.any();
}

}  // namespace heddle
