#include "known_names.h"

#include <algorithm>

namespace heddle::dns {

/** What is known no longer than this may be forgotten before the client is told. */
static constexpr uint64_t kNearMs = 1000;
/** Of one name: whoever answers always otherwise is always asked about. */
static constexpr size_t kMostAddresses = 2048;

template <typename Known>
static uint64_t endOf(const std::vector<Known>& known, const l7::Address& address) {
	for (const Known& one : known)
		if (one.address.hasSameIp(address)) return one.endMs;
	return 0;
}

Knowledge KnownNames::knows(const std::string& name, const std::vector<Found>& found, uint64_t nowMs) const {
	auto entry = names_.find(name);
	if (entry == names_.end()) return Knowledge::Unknown;
	Knowledge knowledge = Knowledge::Known;
	for (const Found& one : found) {
		uint64_t end = endOf(entry->second, one.address);
		if (end < nowMs + kNearMs) return Knowledge::Unknown;
		if (end < nowMs + std::max(one.ttl, shortestTtl_) * uint64_t{1000}) knowledge = Knowledge::Ending;
	}
	return knowledge;
}

void KnownNames::add(const std::string& name, const std::vector<Found>& found, uint64_t nowMs) {
	if (names_.size() >= most_ && !names_.count(name)) makeRoom(nowMs);
	std::vector<Known>& known = names_[name];
	known.erase(std::remove_if(known.begin(), known.end(), [&](const Known& one) { return one.endMs <= nowMs; }), known.end());
	if (known.size() + found.size() > kMostAddresses) known.clear();
	for (const Found& one : found) {
		uint64_t end = nowMs + one.ttl * uint64_t{1000};
		auto same = std::find_if(known.begin(), known.end(), [&](const Known& k) { return k.address.hasSameIp(one.address); });
		if (same == known.end()) known.push_back({one.address, end});
		else same->endMs = std::max(same->endMs, end);
	}
}

/** Those that are over, or all: what is not known is asked again. */
void KnownNames::makeRoom(uint64_t nowMs) {
	for (auto entry = names_.begin(); entry != names_.end();) {
		const std::vector<Known>& known = entry->second;
		bool over = std::all_of(known.begin(), known.end(), [&](const Known& one) { return one.endMs <= nowMs; });
		entry = over ? names_.erase(entry) : std::next(entry);
	}
	if (names_.size() > most_ / 2) names_.clear();
}

}  // namespace heddle::dns
