#include "upstream_pool.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <string_view>

namespace heddle::l7 {

bool UpstreamKey::operator==(const UpstreamKey& other) const {
	return network == other.network && sourceEndpoint == other.sourceEndpoint &&
		destinationEndpoint == other.destinationEndpoint && client.hasSameIp(other.client) &&
		destination.hasSameIp(other.destination) && destination.port == other.destination.port;
}

size_t UpstreamKeyHash::operator()(const UpstreamKey& key) const {
	auto bytes = [](const Address& address) {
		return std::string_view(reinterpret_cast<const char*>(address.ip), sizeof(address.ip));
	};
	std::hash<std::string_view> hash;
	size_t ends = hash(bytes(key.client)) * 31 + hash(bytes(key.destination));
	return (ends * 31 + key.destination.port) * 31 + key.network;
}

void UpstreamPool::give(const UpstreamKey& key, int fd, uint64_t nowMs) {
	if (count_ >= kMost) {
		::close(fd);
		return;
	}
	count_++;
	idle_[key].push_back({fd, nowMs});
}

/** Neither its end nor a byte that nobody asked for. */
static bool isSilent(int fd) {
	char byte;
	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

int UpstreamPool::take(const UpstreamKey& key) {
	auto found = idle_.find(key);
	if (found == idle_.end()) return -1;
	int fd = -1;
	while (fd < 0 && !found->second.empty()) {
		int candidate = found->second.back().fd;
		found->second.pop_back();
		count_--;
		if (isSilent(candidate)) fd = candidate;
		else ::close(candidate);
	}
	if (found->second.empty()) idle_.erase(found);
	return fd;
}

void UpstreamPool::expire(uint64_t nowMs, uint64_t longestMs) {
	if (nowMs < nextMs_) return;
	nextMs_ = nowMs + kStepMs;
	for (auto at = idle_.begin(); at != idle_.end();) {
		std::vector<Idle>& all = at->second;
		size_t old = 0;
		while (old < all.size() && nowMs - all[old].sinceMs >= longestMs) ::close(all[old++].fd);
		count_ -= old;
		all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(old));
		at = all.empty() ? idle_.erase(at) : std::next(at);
	}
}

void UpstreamPool::clear() {
	for (auto& [key, all] : idle_)
		for (const Idle& each : all) ::close(each.fd);
	idle_.clear();
	count_ = 0;
}

}  // namespace heddle::l7
