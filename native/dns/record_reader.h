#pragma once

#include "name.h"
#include "wire.h"

namespace heddle::dns {

struct ResourceRecord {
	Name owner;
	uint16_t type = 0, rdataClass = 0;
	/** Seconds; with the highest bit, 0 (RFC 2181). */
	uint32_t ttl = 0;
	/** Of its data. */
	size_t at = 0, length = 0;
};

/** The record at `at`, which moves behind it. false: there is no whole one. */
inline bool readRecord(std::string_view message, size_t& at, bool compressed, ResourceRecord& record) {
	if (!readName(message, at, compressed, record.owner) || at + 10 > message.size()) return false;
	record.type = get16(message, at);
	record.rdataClass = get16(message, at + 2);
	uint32_t ttl = get32(message, at + 4);
	record.ttl = ttl & 0x80000000 ? 0 : ttl;
	record.length = get16(message, at + 8);
	record.at = at + 10;
	at = record.at + record.length;
	return at <= message.size();
}

}  // namespace heddle::dns
