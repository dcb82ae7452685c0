#include "quota.h"

namespace heddle::dns {

static std::string keyOf(const ClientInfo& info) {
	std::string key(reinterpret_cast<const char*>(info.client.ip), info.client.family == AF_INET ? 4 : 16);
	return key.append(reinterpret_cast<const char*>(&info.listener->network), sizeof(info.listener->network));
}

void Quota::limit(uint32_t all, uint32_t perClient) {
	all_ = all;
	perClient_ = perClient;
}

bool Quota::enter(const ClientInfo& info) {
	std::string key = keyOf(info);
	std::lock_guard<std::mutex> lock(mutex_);
	if (count_ >= all_ || perClient_ == 0) return false;
	uint32_t& count = clients_[key];
	if (count >= perClient_) return false;
	count++;
	count_++;
	return true;
}

void Quota::leave(const ClientInfo& info) {
	std::string key = keyOf(info);
	std::lock_guard<std::mutex> lock(mutex_);
	auto found = clients_.find(key);
	count_--;
	if (--found->second == 0) clients_.erase(found);
}

}  // namespace heddle::dns
