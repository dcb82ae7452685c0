#include "answer.h"

#include <algorithm>

#include "record_reader.h"

namespace heddle::dns {

static constexpr size_t kLongestChain = 32;

bool echoes(std::string_view message, std::string_view question) {
	if (message.size() < kHeader + question.size() || get16(message, 4) != 1) return false;
	uint16_t flags = get16(message, 2);
	return (flags & kResponse) && !(flags & kOpcode) && message.substr(kHeader, question.size()) == question;
}

/** Data of the types that are understood has its form. */
static bool isWellFormed(std::string_view message, const ResourceRecord& record, Name& target) {
	if (record.rdataClass != kClassIn) return true;
	if (record.type == kA) return record.length == 4;
	if (record.type == kAaaa) return record.length == 16;
	if (record.type != kCname) return true;
	size_t at = record.at;
	return readName(message, at, true, target) && at == record.at + record.length;
}

/** What the answer section holds of addresses and aliases. */
struct Sections {
	struct Alias {
		Name owner, target;
		uint32_t ttl;
	};
	std::vector<Alias> aliases;
	std::vector<ResourceRecord> addresses;
};

static void sort(const ResourceRecord& record, const Name& target, Sections& sections) {
	if (record.rdataClass != kClassIn) return;
	if (record.type == kCname) sections.aliases.push_back({record.owner, target, record.ttl});
	else if (record.type == kA || record.type == kAaaa) sections.addresses.push_back(record);
}

static bool readSections(std::string_view message, size_t at, Sections& sections, std::vector<uint16_t>& types) {
	uint32_t answers = get16(message, 6), all = answers + get16(message, 8) + get16(message, 10);
	ResourceRecord record;
	Name target;
	for (uint32_t i = 0; i < all; i++) {
		if (!readRecord(message, at, true, record) || !isWellFormed(message, record, target)) return false;
		if (i >= answers) continue;
		types.push_back(record.type);
		sort(record, target, sections);
	}
	return at == message.size();
}

static void collect(std::string_view message, const Sections& sections, const Name& owner, uint32_t ttl, Answer& answer) {
	for (const ResourceRecord& record : sections.addresses) {
		if (!record.owner.is(owner)) continue;
		Found found;
		found.address.family = record.type == kA ? AF_INET : AF_INET6;
		memcpy(found.address.ip, message.data() + record.at, record.length);
		found.ttl = std::min(ttl, record.ttl);
		answer.ttl = answer.found.empty() ? found.ttl : std::min(answer.ttl, found.ttl);
		answer.found.push_back(found);
	}
}

static const Sections::Alias* aliasOf(const Sections& sections, const Name& owner) {
	for (const Sections::Alias& alias : sections.aliases)
		if (alias.owner.is(owner)) return &alias;
	return nullptr;
}

/** Each alias once: a circle ends. */
static void follow(std::string_view message, const Sections& sections, Name owner, Answer& answer) {
	uint32_t ttl = UINT32_MAX;
	for (;;) {
		collect(message, sections, owner, ttl, answer);
		const Sections::Alias* alias = aliasOf(sections, owner);
		if (!alias || answer.cnames.size() >= std::min(kLongestChain, sections.aliases.size())) return;
		ttl = std::min(ttl, alias->ttl);
		owner = alias->target;
		answer.cnames.push_back(owner);
	}
}

bool readAnswer(std::string_view message, std::string_view question, Answer& answer) {
	Sections sections;
	answer = {};
	answer.rcode = static_cast<Rcode>(get16(message, 2) & kRcode);
	if (!readSections(message, kHeader + question.size(), sections, answer.types)) return false;
	Name asked;
	size_t at = kHeader;
	if (!readName(message, at, false, asked)) return false;
	follow(message, sections, asked, answer);
	return true;
}

}  // namespace heddle::dns
