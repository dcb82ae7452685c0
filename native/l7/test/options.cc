#include "options.h"

#include <arpa/inet.h>

#include <cstdlib>

namespace heddle::l7 {

/** `127.0.0.1:80` or `[::1]:80`. */
static bool parseAddress(const std::string& text, Address& address) {
	size_t colon = text.rfind(':');
	if (colon == std::string::npos) return false;
	std::string host = text.substr(0, colon);
	address.port = static_cast<uint16_t>(atoi(text.c_str() + colon + 1));
	address.family = AF_INET;
	if (inet_pton(AF_INET, host.c_str(), address.ip) == 1) return true;
	address.family = AF_INET6;
	return host.size() > 2 && inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), address.ip) == 1;
}

static bool readOption(const std::string& name, const std::string& value, Options& options) {
	if (name == "--listen") return parseAddress(value, options.listen);
	if (name == "--upstream") return parseAddress(value, options.upstream);
	if (name == "--rules") return options.rulesPath = value, true;
	if (name == "--threads") return (options.threads = static_cast<unsigned>(atoi(value.c_str()))) > 0;
	return false;
}

bool readOptions(int count, char** arguments, Options& options, std::string& fault) {
	for (int i = 1; i < count; i += 2) {
		if (i + 1 < count && readOption(arguments[i], arguments[i + 1], options)) continue;
		fault =
			std::string(arguments[i]) + ": expected --listen ADDRESS:PORT --upstream ADDRESS:PORT --rules FILE [--threads N]";
		return false;
	}
	if (options.listen.family && options.upstream.family && !options.rulesPath.empty()) return true;
	return fault = "expected --listen, --upstream and --rules", false;
}

}  // namespace heddle::l7
