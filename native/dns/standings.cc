#include "standings.h"

namespace heddle::dns {

std::string routeOf(const ClientInfo& info) {
	std::string route(reinterpret_cast<const char*>(info.client.ip), sizeof(info.client.ip));
	route.append(reinterpret_cast<const char*>(&info.server), sizeof(info.server));
	return route.append(reinterpret_cast<const char*>(&info.listener->network), sizeof(info.listener->network));
}

/** Whoever is forgotten is asked about again: nothing is lost but time. */
const std::shared_ptr<Standing>& Standings::of(const std::string& route, bool tcp) {
	auto& standings = tcp ? tcp_ : udp_;
	auto found = standings.find(route);
	if (found != standings.end()) return found->second;
	if (standings.size() >= kMost) standings.clear();
	return standings.emplace(route, std::make_shared<Standing>()).first->second;
}

}  // namespace heddle::dns
