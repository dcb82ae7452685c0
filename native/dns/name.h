#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace heddle::dns {

/** A domain name as on the wire, uncompressed: labels with their lengths, up to the root's. Letters as they were. */
struct Name {
	static constexpr size_t kLongest = 255;

	char bytes[kLongest];
	uint8_t size = 0;

	std::string_view view() const { return {bytes, size}; }
	bool is(const Name& other) const;
};

/**
 * Reads a name at `at`, and moves `at` behind it. false: it is none. A pointer must go back, before the part that it ends:
 * so there are no loops. `compressed` false: no pointers at all.
 */
bool readName(std::string_view message, size_t& at, bool compressed, Name& name);

/** `www.example.com.` with letters as they were; bytes other than letters, digits, - and _ as `\DDD`. */
std::string textOf(std::string_view name);

/**
 * As rules and the learner have it: small letters, without the root's dot; of the root, nothing. false: a label has other
 * characters than letters, digits, - and _: no rule can mean it.
 */
bool canonicalOf(std::string_view name, std::string& text);

}  // namespace heddle::dns
