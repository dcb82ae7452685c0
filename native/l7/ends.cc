#include "ends.h"

#include <functional>
#include <string_view>

namespace heddle::l7 {

bool Ends::operator==(const Ends& other) const {
	return network == other.network && client.hasSameIp(other.client) && destination.hasSameIp(other.destination) &&
		destination.port == other.destination.port;
}

size_t Ends::hash() const {
	auto bytes = [](const Address& address) {
		return std::string_view(reinterpret_cast<const char*>(address.ip), sizeof(address.ip));
	};
	std::hash<std::string_view> hash;
	size_t both = hash(bytes(client)) * 31 + hash(bytes(destination));
	return (both * 31 + destination.port) * 31 + network;
}

}  // namespace heddle::l7
