#include "client_count.h"

namespace heddle::l7 {

static std::string keyOf(const Address& client) {
	return std::string(reinterpret_cast<const char*>(client.ip), client.family == AF_INET ? 4 : 16);
}

Admission ClientCount::enter(const Address& client, const Limits& limits) {
	std::lock_guard<std::mutex> lock(mutex_);
	if (total_ >= limits.connections) return Admission::Full;
	uint32_t& count = clients_[keyOf(client)];
	if (count >= limits.connectionsPerClient) {
		if (count == 0) clients_.erase(keyOf(client));
		return Admission::FullForClient;
	}
	count++;
	total_++;
	return Admission::Admitted;
}

void ClientCount::leave(const Address& client) {
	std::lock_guard<std::mutex> lock(mutex_);
	auto found = clients_.find(keyOf(client));
	total_--;
	if (--found->second == 0) clients_.erase(found);
}

}  // namespace heddle::l7
