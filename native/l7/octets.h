#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace heddle::l7 {

/** Numbers in network byte order, one after the other. Past the end it fails, and all that follows is empty. */
class Octets {
public:
	explicit Octets(std::string_view bytes) : left_(bytes) {}

	bool failed() const { return failed_; }
	bool empty() const { return left_.empty(); }
	uint8_t u8() { return static_cast<uint8_t>(number(1)); }
	uint16_t u16() { return static_cast<uint16_t>(number(2)); }
	uint32_t u24() { return number(3); }
	std::string_view bytes(size_t length) {
		if (length > left_.size()) {
			failed_ = true;
			left_ = {};
			return {};
		}
		std::string_view taken = left_.substr(0, length);
		left_.remove_prefix(length);
		return taken;
	}
	Octets part(size_t length) { return Octets(bytes(length)); }

private:
	uint32_t number(size_t length) {
		uint32_t value = 0;
		for (char byte : bytes(length)) value = value << 8 | static_cast<uint8_t>(byte);
		return value;
	}

	std::string_view left_;
	bool failed_ = false;
};

}  // namespace heddle::l7
