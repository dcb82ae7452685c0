#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace heddle::dns {

constexpr size_t kHeader = 12;
constexpr size_t kLongestMessage = 65'535;

enum Rcode : uint8_t { kNoError = 0, kFormErr = 1, kServFail = 2, kNotImp = 4, kRefused = 5 };
enum Type : uint16_t { kA = 1, kCname = 5, kAaaa = 28, kOpt = 41, kIxfr = 251, kAxfr = 252 };
constexpr uint16_t kClassIn = 1;

// Bits of the header's second word.
constexpr uint16_t kResponse = 0x8000, kOpcode = 0x7800, kTruncated = 0x0200, kRecursionDesired = 0x0100;
constexpr uint16_t kCheckingDisabled = 0x0010, kRcode = 0x000f;

inline uint16_t get16(std::string_view bytes, size_t at) {
	return static_cast<uint16_t>(static_cast<uint8_t>(bytes[at]) << 8 | static_cast<uint8_t>(bytes[at + 1]));
}

inline uint32_t get32(std::string_view bytes, size_t at) {
	return static_cast<uint32_t>(get16(bytes, at)) << 16 | get16(bytes, at + 2);
}

inline void put16(std::string& bytes, uint16_t value) {
	bytes.push_back(static_cast<char>(value >> 8));
	bytes.push_back(static_cast<char>(value));
}

/** The message as it is, but for its id. */
inline void appendWithId(std::string& bytes, std::string_view message, uint16_t id) {
	put16(bytes, id);
	bytes.append(message.substr(2));
}

}  // namespace heddle::dns
