#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "client_info.h"
#include "standing.h"

namespace heddle::dns {

/** Client, server and network, without the client's port: what asks alike, and goes the same way. */
std::string routeOf(const ClientInfo& info);

/** Of clients that asked lately. Of one thread. */
class Standings {
public:
	/** Under a route, as of TCP or UDP; a new one where there is none. Those who hold it keep it. */
	const std::shared_ptr<Standing>& of(const std::string& route, bool tcp);

private:
	static constexpr size_t kMost = 16'384;

	std::unordered_map<std::string, std::shared_ptr<Standing>> udp_, tcp_;
};

}  // namespace heddle::dns
