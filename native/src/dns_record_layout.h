#pragma once

#include <cstddef>
#include <cstdint>

#include "dns/hooks.h"

namespace heddle {

/** Both ends of a query, as policy knows them. */
struct PackedDnsEnds {
	uint8_t client[16];
	uint8_t server[16];
	uint16_t clientPort;
	uint16_t serverPort;
	uint16_t network;
	uint16_t sourceEndpoint;
	uint32_t sourceIdentity;
	uint32_t destinationIdentity;
	uint32_t egressCookie;
	uint32_t ingressCookie;
	uint16_t destinationEndpoint;
	uint8_t flags;
	uint8_t pad[5];
};

enum PackedDnsEndsFlag : uint8_t { kDnsIpv6 = 1, kDnsTcp = 2, kDnsEgressRedirected = 4, kDnsIngressRedirected = 8 };

struct PackedDnsAddress {
	uint32_t ttl;
	/** 4 or 6. */
	uint8_t family;
	uint8_t pad[3];
	uint8_t address[16];
};

/**
 * An access record as lib/l7/dns-record.ts reads it: addresses follow, types of records (16 bits each), and the texts in
 * the order of their lengths. Of aliases, each name ends with a line feed.
 */
struct PackedDnsRecord {
	/** Of all, a multiple of 8. */
	uint32_t length;
	uint8_t kind;
	uint8_t verdict;
	uint8_t rcode;
	uint8_t flags;
	uint64_t time;
	uint64_t latencyNs;
	PackedDnsEnds ends;
	uint32_t ttl;
	uint16_t type;
	uint16_t addressCount;
	uint16_t typeCount;
	uint16_t nameLength;
	uint16_t aliasesLength;
	uint16_t reasonLength;
};

enum PackedDnsRecordFlag : uint8_t { kDnsCut = 1 };

/** Addresses to be learned, as lib/l7/dns-answer.ts reads them; addresses follow, then the name. */
struct PackedLesson {
	/** Of all, a multiple of 8. */
	uint32_t length;
	uint16_t addressCount;
	uint16_t nameLength;
	uint64_t ticket;
	PackedDnsEnds ends;
};

static_assert(sizeof(PackedDnsEnds) == 64 && sizeof(PackedDnsAddress) == 24, "as the codecs expect them");
static_assert(sizeof(PackedDnsRecord) == 104 && sizeof(PackedLesson) == 80, "as the codecs expect them");

/** More are left out, and the record says so. */
constexpr size_t kMostDnsAddresses = 64, kMostDnsTypes = 64, kMostDnsAliases = 4096;

/** The engine takes no answer of more than 1024 addresses. */
constexpr size_t kLongestLesson = sizeof(PackedLesson) + 1024 * sizeof(PackedDnsAddress) + 256;

/** Bytes that it takes. */
size_t packedLength(const dns::AccessRecord& record);
size_t packedLength(const dns::Lesson& lesson);
/** Writes as many as `packedLength` said. */
void packRecord(const dns::ClientInfo& info, const dns::Standing& standing, const dns::AccessRecord& record, uint8_t* out);
void packLesson(const dns::ClientInfo& info, const dns::Standing& standing, const dns::Lesson& lesson, uint8_t* out);

}  // namespace heddle
