#include "name.h"

#include <cstdio>
#include <cstring>

#include "l7/characters.h"
#include "wire.h"

namespace heddle::dns {

static constexpr uint8_t kPointer = 0xc0;
static constexpr size_t kLongestLabel = 63;

bool Name::is(const Name& other) const { return l7::equalsIgnoringCase(view(), other.view()); }

static bool addLabel(std::string_view message, size_t at, size_t length, Name& name) {
	if (at + 1 + length > message.size() || name.size + length + 1 > Name::kLongest) return false;
	memcpy(name.bytes + name.size, message.data() + at, length + 1);
	name.size = static_cast<uint8_t>(name.size + length + 1);
	return true;
}

bool readName(std::string_view message, size_t& at, bool compressed, Name& name) {
	name.size = 0;
	size_t part = at, place = at, end = 0;
	while (place < message.size()) {
		uint8_t length = static_cast<uint8_t>(message[place]);
		if (length >= kPointer) {
			if (!compressed || place + 2 > message.size()) return false;
			size_t target = get16(message, place) & 0x3fff;
			if (!end) end = place + 2;
			if (target >= part || target < kHeader) return false;
			part = place = target;
			continue;
		}
		if (length > kLongestLabel || !addLabel(message, place, length, name)) return false;
		place += length + 1u;
		if (length > 0) continue;
		at = end ? end : place;
		return true;
	}
	return false;
}

static bool isPlain(char c) {
	return (c >= '0' && c <= '9') || (l7::lower(c) >= 'a' && l7::lower(c) <= 'z') || c == '-' || c == '_';
}

template <typename Each>
static void eachLabel(std::string_view name, Each each) {
	for (size_t at = 0; at < name.size() && name[at]; at += static_cast<uint8_t>(name[at]) + 1u)
		each(name.substr(at + 1, static_cast<uint8_t>(name[at])));
}

std::string textOf(std::string_view name) {
	std::string text;
	eachLabel(name, [&](std::string_view label) {
		for (char c : label) {
			char escaped[8];
			snprintf(escaped, sizeof(escaped), "\\%03u", static_cast<uint8_t>(c));
			if (isPlain(c)) text.push_back(c);
			else text.append(escaped);
		}
		text.push_back('.');
	});
	return text.empty() ? "." : text;
}

bool canonicalOf(std::string_view name, std::string& text) {
	bool plain = true;
	text.clear();
	eachLabel(name, [&](std::string_view label) {
		if (!text.empty()) text.push_back('.');
		for (char c : label) {
			plain = plain && isPlain(c);
			text.push_back(l7::lower(c));
		}
	});
	return plain;
}

}  // namespace heddle::dns
