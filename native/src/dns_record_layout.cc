#include "dns_record_layout.h"

#include <algorithm>
#include <cstring>

#include "dns_ends.h"

namespace heddle {

/** The parts of a record that have no fixed size, as long as they may be. */
struct Parts {
	size_t addresses = 0, types = 0;
	std::string aliases;
	bool cut = false;

	explicit Parts(const dns::AccessRecord& record) {
		if (!record.answer) return;
		const dns::Answer& answer = *record.answer;
		addresses = std::min(answer.found.size(), kMostDnsAddresses);
		types = std::min(answer.types.size(), kMostDnsTypes);
		cut = addresses < answer.found.size() || types < answer.types.size();
		for (const dns::Name& name : answer.cnames) addAlias(dns::textOf(name.view()));
	}
	size_t length() const { return addresses * sizeof(PackedDnsAddress) + types * sizeof(uint16_t) + aliases.size(); }

private:
	void addAlias(const std::string& name) {
		if (aliases.size() + name.size() + 1 > kMostDnsAliases) cut = true;
		else aliases.append(name).push_back('\n');
	}
};

static size_t lengthOf(const dns::AccessRecord& record, const Parts& parts) {
	return wholeWords(sizeof(PackedDnsRecord) + parts.length() + record.name.size() + record.reason.size());
}

size_t packedLength(const dns::AccessRecord& record) { return lengthOf(record, Parts(record)); }

static void packParts(const dns::AccessRecord& record, const Parts& parts, uint8_t* out) {
	if (parts.addresses) out = packAddresses(record.answer->found.data(), parts.addresses, out);
	size_t types = parts.types * sizeof(uint16_t);
	if (types) memcpy(out, record.answer->types.data(), types);
	out += types;
	for (std::string_view text : {record.name, std::string_view(parts.aliases), record.reason})
		out = std::copy(text.begin(), text.end(), out);
}

void packRecord(const dns::ClientInfo& info, const dns::Standing& standing, const dns::AccessRecord& record, uint8_t* out) {
	Parts parts(record);
	PackedDnsRecord packed = {};
	packed.length = static_cast<uint32_t>(lengthOf(record, parts));
	packed.kind = record.kind == dns::AccessRecord::Kind::Request ? 1 : 2;
	packed.verdict = static_cast<uint8_t>(record.verdict);
	packed.rcode = record.rcode;
	packed.flags = parts.cut ? kDnsCut : 0;
	packed.time = record.time;
	packed.latencyNs = record.latencyNs;
	packed.ends = packEnds(info, standing.answer);
	packed.ttl = record.answer ? record.answer->ttl : 0;
	packed.type = record.type;
	packed.addressCount = static_cast<uint16_t>(parts.addresses);
	packed.typeCount = static_cast<uint16_t>(parts.types);
	packed.nameLength = static_cast<uint16_t>(record.name.size());
	packed.aliasesLength = static_cast<uint16_t>(parts.aliases.size());
	packed.reasonLength = static_cast<uint16_t>(record.reason.size());
	memcpy(out, &packed, sizeof(packed));
	packParts(record, parts, out + sizeof(packed));
}

}  // namespace heddle
