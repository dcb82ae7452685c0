#include "client_count.h"

namespace heddle::l7 {

static std::string keyOf(const Address& client) {
	return std::string(reinterpret_cast<const char*>(client.ip), client.family == AF_INET ? 4 : 16);
}

bool ClientCount::enter(const Address& client, const Limits& limits) {
	std::lock_guard<std::mutex> lock(mutex_);
	if (total_ >= limits.connections) return false;
	uint32_t& count = clients_[keyOf(client)];
	if (count >= limits.connectionsPerClient) {
		if (count == 0) clients_.erase(keyOf(client));
		return false;
	}
	count++;
	total_++;
	return true;
}

void ClientCount::leave(const Address& client) {
	std::lock_guard<std::mutex> lock(mutex_);
	auto found = clients_.find(keyOf(client));
	total_--;
	if (--found->second == 0) clients_.erase(found);
}

}  // namespace heddle::l7
