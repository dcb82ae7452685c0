#include "client_count.h"

namespace heddle::l7 {

static std::string keyOf(uint32_t network, const Address& client) {
	std::string key(reinterpret_cast<const char*>(&network), sizeof(network));
	return key.append(reinterpret_cast<const char*>(client.ip), client.family == AF_INET ? 4 : 16);
}

Admission ClientCount::enter(uint32_t network, const Address& client, const Limits& limits) {
	std::lock_guard<std::mutex> lock(mutex_);
	if (total_ >= limits.connections) return Admission::Full;
	std::string key = keyOf(network, client);
	uint32_t& count = clients_[key];
	if (count >= limits.connectionsPerClient) {
		if (count == 0) clients_.erase(key);
		return Admission::FullForClient;
	}
	count++;
	total_++;
	return Admission::Admitted;
}

void ClientCount::leave(uint32_t network, const Address& client) {
	std::lock_guard<std::mutex> lock(mutex_);
	auto found = clients_.find(keyOf(network, client));
	total_--;
	if (--found->second == 0) clients_.erase(found);
}

}  // namespace heddle::l7
