#include "recent_standings.h"

#include <functional>
#include <string_view>

namespace heddle {

static size_t hashOf(const l7::Address& address) {
	return std::hash<std::string_view>()({reinterpret_cast<const char*>(address.ip), sizeof(address.ip)});
}

RecentStandings::Entry& RecentStandings::place(const l7::ConnectionInfo& info) {
	size_t hash = (hashOf(info.client) * 31 + hashOf(info.destination)) * 31 + info.destination.port;
	return places_[(hash * 31 + info.listener->network) % kPlaces];
}

bool RecentStandings::isOf(const Entry& entry, const l7::ConnectionInfo& info) {
	return entry.network == info.listener->network && entry.client.hasSameIp(info.client) &&
		entry.destination.hasSameIp(info.destination) && entry.destination.port == info.destination.port;
}

}  // namespace heddle
