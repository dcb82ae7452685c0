#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace heddle::l7 {

enum CharacterClass : uint8_t {
	/** RFC 9110 token: methods, field names. */
	kToken = 1,
	/** Visible, space, tab, and bytes above ASCII. */
	kFieldValue = 2,
	/** Path of a target: RFC 3986 pchar, `/` and `%`. */
	kPathCharacter = 4,
	/** Query of a target: what clients do send, less `#`, `\`, quotes and angles. */
	kQueryCharacter = 8,
	/** RFC 3986: the same with and without percent-encoding. */
	kUnreserved = 16,
	kHexDigit = 32,
	/** Names and IPv4 addresses of a host. */
	kHostCharacter = 64,
	kDigit = 128,
};

namespace detail {
constexpr bool contains(const char* set, int c) {
	for (; *set; set++)
		if (*set == c) return true;
	return false;
}

constexpr uint8_t classesOf(int c) {
	bool digit = c >= '0' && c <= '9', letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	bool visible = c > 0x20 && c < 0x7f;
	bool unreserved = digit || letter || contains("-._~", c);
	int classes = 0;
	if (digit || letter || contains("!#$%&'*+-.^_`|~", c)) classes |= kToken;
	if (visible || c == ' ' || c == '\t' || c >= 0x80) classes |= kFieldValue;
	if (unreserved || contains("!$&'()*+,;=:@/%", c)) classes |= kPathCharacter;
	if (visible && !contains("#\\\"<>", c)) classes |= kQueryCharacter;
	if (unreserved) classes |= kUnreserved | kHostCharacter;
	if (digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) classes |= kHexDigit;
	if (digit) classes |= kDigit;
	return static_cast<uint8_t>(classes);
}

constexpr std::array<uint8_t, 256> allClasses() {
	std::array<uint8_t, 256> table{};
	for (int c = 0; c < 256; c++) table[static_cast<size_t>(c)] = classesOf(c);
	return table;
}
}  // namespace detail

inline constexpr std::array<uint8_t, 256> kCharacters = detail::allClasses();

inline bool is(char c, CharacterClass kind) { return kCharacters[static_cast<uint8_t>(c)] & kind; }

/** Of an empty text: true. */
inline bool all(std::string_view text, CharacterClass kind) {
	uint8_t common = kind;
	for (char c : text) common &= kCharacters[static_cast<uint8_t>(c)];
	return common;
}

inline char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

inline bool equalsIgnoringCase(std::string_view a, std::string_view b) {
	if (a.size() != b.size()) return false;
	for (size_t i = 0; i < a.size(); i++)
		if (lower(a[i]) != lower(b[i])) return false;
	return true;
}

inline int hexValue(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

}  // namespace heddle::l7
