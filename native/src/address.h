#pragma once

#include <cstdint>
#include <string>

namespace heddle {

struct Address {
	uint8_t family = 0;
	uint8_t prefixLength = 0;
	uint8_t bytes[16] = {};
	size_t size() const { return family == 2 ? 4 : 16; }
};

/** `10.0.0.1`, `fd00::1`, with or without `/prefix`. */
bool parseAddress(const std::string& text, Address& out);
std::string formatAddress(int family, const uint8_t* bytes);
/** `02:00:00:00:00:01`. */
bool parseMac(const std::string& text, uint8_t out[6]);
std::string formatMac(const uint8_t* bytes);

}  // namespace heddle
