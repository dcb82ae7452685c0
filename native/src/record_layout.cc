#include "record_layout.h"

#include <algorithm>
#include <cstring>

namespace heddle {

/** The texts of a record, as long as they may be. */
struct Texts {
	std::string_view method, url, protocol, reason, headers;

	explicit Texts(const l7::AccessRecord& record)
		: method(record.method.substr(0, kMostMethod)), url(record.url.substr(0, kMostUrl)),
		  protocol(record.protocol.substr(0, kMostProtocol)), reason(record.reason.substr(0, kMostReason)),
		  headers(record.headers.substr(0, kMostHeaders)) {}
	size_t length() const { return method.size() + url.size() + protocol.size() + reason.size() + headers.size(); }
};

size_t packedLength(const l7::AccessRecord& record) { return (sizeof(PackedRecord) + Texts(record).length() + 7) & ~size_t{7}; }

static uint8_t flagsOf(const l7::ConnectionInfo& info, const l7::PolicyAnswer& answer, const l7::AccessRecord& record) {
	size_t whole =
		record.method.size() + record.url.size() + record.protocol.size() + record.reason.size() + record.headers.size();
	int flags = 0;
	if (record.denied) flags |= kDenied;
	if (record.mismatched) flags |= kMismatched;
	if (Texts(record).length() < whole) flags |= kCut;
	if (info.client.family == AF_INET6) flags |= kIpv6;
	if (answer.egressRedirected) flags |= kEgressRedirected;
	if (answer.ingressRedirected) flags |= kIngressRedirected;
	return static_cast<uint8_t>(flags);
}

static void packConnection(const l7::ConnectionInfo& info, const l7::PolicyAnswer& answer, PackedRecord& packed) {
	packed.connection = info.id;
	packed.network = static_cast<uint16_t>(info.listener->network);
	memcpy(packed.client, info.client.ip, sizeof(packed.client));
	memcpy(packed.destination, info.destination.ip, sizeof(packed.destination));
	packed.clientPort = info.client.port;
	packed.destinationPort = info.destination.port;
	packed.sourceIdentity = answer.sourceIdentity;
	packed.destinationIdentity = answer.destinationIdentity;
	packed.sourceEndpoint = answer.sourceEndpoint;
	packed.destinationEndpoint = answer.destinationEndpoint;
	packed.egressCookie = answer.egressCookie;
	packed.ingressCookie = answer.ingressCookie;
}

static void packTexts(const Texts& texts, PackedRecord& packed, uint8_t* out) {
	packed.methodLength = static_cast<uint16_t>(texts.method.size());
	packed.urlLength = static_cast<uint16_t>(texts.url.size());
	packed.protocolLength = static_cast<uint16_t>(texts.protocol.size());
	packed.reasonLength = static_cast<uint16_t>(texts.reason.size());
	packed.headersLength = static_cast<uint16_t>(texts.headers.size());
	for (std::string_view text : {texts.method, texts.url, texts.protocol, texts.reason, texts.headers})
		out = std::copy(text.begin(), text.end(), out);
}

void packRecord(const l7::ConnectionInfo& info, const l7::Standing& standing, const l7::AccessRecord& record, uint8_t* out) {
	PackedRecord packed = {};
	packed.length = static_cast<uint32_t>(packedLength(record));
	packed.kind = record.kind == l7::AccessRecord::Kind::Request ? 1 : 2;
	packed.flags = flagsOf(info, standing.answer, record);
	packed.status = record.status;
	packed.time = record.time;
	packed.latencyNs = record.latencyNs;
	packConnection(info, standing.answer, packed);
	packTexts(Texts(record), packed, out + sizeof(packed));
	memcpy(out, &packed, sizeof(packed));
}

}  // namespace heddle
