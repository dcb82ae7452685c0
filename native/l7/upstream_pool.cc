#include "upstream_pool.h"

#include <algorithm>
#include <iterator>

namespace heddle::l7 {

bool UpstreamKey::operator==(const UpstreamKey& other) const {
	return ends == other.ends && sourceEndpoint == other.sourceEndpoint && destinationEndpoint == other.destinationEndpoint;
}

void UpstreamPool::end(std::unique_ptr<Upstream> upstream) {
	upstream->close();
	gone_.push_back(std::move(upstream));
}

void UpstreamPool::give(const UpstreamKey& key, std::unique_ptr<Upstream> upstream, uint64_t nowMs) {
	if (count_ >= kMost) return end(std::move(upstream));
	count_++;
	idle_[key].push_back({std::move(upstream), nowMs});
}

std::unique_ptr<Upstream> UpstreamPool::take(const UpstreamKey& key) {
	std::unique_ptr<Upstream> taken;
	auto found = idle_.find(key);
	if (found == idle_.end()) return taken;
	while (!taken && !found->second.empty()) {
		std::unique_ptr<Upstream> candidate = std::move(found->second.back().upstream);
		found->second.pop_back();
		count_--;
		if (candidate->isSilent()) taken = std::move(candidate);
		else end(std::move(candidate));
	}
	if (found->second.empty()) idle_.erase(found);
	return taken;
}

void UpstreamPool::expire(uint64_t nowMs, uint64_t longestMs) {
	gone_.clear();
	if (nowMs < nextMs_) return;
	nextMs_ = nowMs + kStepMs;
	for (auto at = idle_.begin(); at != idle_.end();) {
		std::vector<Idle>& all = at->second;
		auto isOld = [=](const Idle& each) { return nowMs - each.sinceMs >= longestMs; };
		auto young = std::find_if_not(all.begin(), all.end(), isOld);
		count_ -= static_cast<size_t>(young - all.begin());
		all.erase(all.begin(), young);
		at = all.empty() ? idle_.erase(at) : std::next(at);
	}
}

void UpstreamPool::clear() {
	for (auto& [key, all] : idle_)
		for (Idle& each : all) end(std::move(each.upstream));
	idle_.clear();
	count_ = 0;
}

}  // namespace heddle::l7
