#pragma once

#include <cstddef>
#include <cstdint>

#include "l7/hooks.h"

namespace heddle {

/** An access record as lib/l7/access-record.ts reads it; its texts follow in the order of their lengths. */
struct PackedRecord {
	/** Of all, a multiple of 8. */
	uint32_t length;
	uint8_t kind;
	uint8_t flags;
	uint16_t status;
	uint64_t time;
	uint64_t connection;
	uint64_t latencyNs;
	uint8_t client[16];
	uint8_t destination[16];
	uint16_t clientPort;
	uint16_t destinationPort;
	uint16_t network;
	uint16_t sourceEndpoint;
	uint32_t sourceIdentity;
	uint32_t destinationIdentity;
	uint32_t egressCookie;
	uint32_t ingressCookie;
	uint16_t destinationEndpoint;
	uint16_t methodLength;
	uint16_t urlLength;
	uint16_t protocolLength;
	uint16_t reasonLength;
	uint16_t headersLength;
};

static_assert(sizeof(PackedRecord) == 104 && offsetof(PackedRecord, destinationEndpoint) == 88, "as the codec expects it");

enum PackedFlag : uint8_t {
	kDenied = 1,
	kMismatched = 2,
	kCut = 4,
	kIpv6 = 8,
	kEgressRedirected = 16,
	kIngressRedirected = 32,
};

/** Longer ones are cut, and the record says so. */
constexpr size_t kMostMethod = 64, kMostUrl = 4096, kMostProtocol = 16, kMostReason = 128, kMostHeaders = 4096;
constexpr size_t kLongestRecord = sizeof(PackedRecord) + kMostMethod + kMostUrl + kMostProtocol + kMostReason + kMostHeaders;

/** Bytes that a record takes. */
size_t packedLength(const l7::AccessRecord& record);
/** Writes as many as `packedLength` said. */
void packRecord(const l7::ConnectionInfo& info, const l7::Standing& standing, const l7::AccessRecord& record, uint8_t* out);

}  // namespace heddle
