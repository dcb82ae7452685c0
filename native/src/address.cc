#include "address.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>

namespace heddle {

static_assert(AF_INET == 2, "Address::size");

static bool parsePrefix(const std::string& text, unsigned maximum, uint8_t& out) {
	if (text.empty() || text.size() > 3 || text.find_first_not_of("0123456789") != std::string::npos) return false;
	unsigned long value = strtoul(text.c_str(), nullptr, 10);
	out = static_cast<uint8_t>(value);
	return value <= maximum;
}

bool parseAddress(const std::string& text, Address& out) {
	size_t slash = text.find('/');
	std::string host = text.substr(0, slash);
	if (inet_pton(AF_INET, host.c_str(), out.bytes) == 1) out.family = AF_INET;
	else if (inet_pton(AF_INET6, host.c_str(), out.bytes) == 1) out.family = AF_INET6;
	else return false;
	unsigned maximum = out.family == AF_INET ? 32 : 128;
	out.prefixLength = static_cast<uint8_t>(maximum);
	return slash == std::string::npos || parsePrefix(text.substr(slash + 1), maximum, out.prefixLength);
}

std::string formatAddress(int family, const uint8_t* bytes) {
	char text[INET6_ADDRSTRLEN];
	return inet_ntop(family, bytes, text, sizeof(text)) ? text : "";
}

bool parseMac(const std::string& text, uint8_t out[6]) {
	unsigned values[6];
	int end = 0;
	if (sscanf(text.c_str(), "%2x:%2x:%2x:%2x:%2x:%2x%n", &values[0], &values[1], &values[2], &values[3], &values[4],
			&values[5], &end) != 6)
		return false;
	for (int i = 0; i < 6; i++) out[i] = static_cast<uint8_t>(values[i]);
	return static_cast<size_t>(end) == text.size();
}

std::string formatMac(const uint8_t* bytes) {
	char text[18];
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]);
	return text;
}

}  // namespace heddle
