#include "dns_ends.h"

#include <cstring>

namespace heddle {

static uint8_t flagsOf(const dns::ClientInfo& info, const l7::PolicyAnswer& answer) {
	int flags = 0;
	if (info.client.family == AF_INET6) flags |= kDnsIpv6;
	if (info.tcp) flags |= kDnsTcp;
	if (answer.egressRedirected) flags |= kDnsEgressRedirected;
	if (answer.ingressRedirected) flags |= kDnsIngressRedirected;
	return static_cast<uint8_t>(flags);
}

PackedDnsEnds packEnds(const dns::ClientInfo& info, const l7::PolicyAnswer& answer) {
	PackedDnsEnds ends = {};
	memcpy(ends.client, info.client.ip, sizeof(ends.client));
	memcpy(ends.server, info.server.ip, sizeof(ends.server));
	ends.clientPort = info.client.port;
	ends.serverPort = info.server.port;
	ends.network = static_cast<uint16_t>(info.listener->network);
	ends.sourceEndpoint = answer.sourceEndpoint;
	ends.destinationEndpoint = answer.destinationEndpoint;
	ends.sourceIdentity = answer.sourceIdentity;
	ends.destinationIdentity = answer.destinationIdentity;
	ends.egressCookie = answer.egressCookie;
	ends.ingressCookie = answer.ingressCookie;
	ends.flags = flagsOf(info, answer);
	return ends;
}

uint8_t* packAddresses(const dns::Found* found, size_t count, uint8_t* out) {
	for (size_t i = 0; i < count; i++) {
		PackedDnsAddress packed = {};
		packed.ttl = found[i].ttl;
		packed.family = found[i].address.family == AF_INET ? 4 : 6;
		memcpy(packed.address, found[i].address.ip, sizeof(packed.address));
		memcpy(out, &packed, sizeof(packed));
		out += sizeof(packed);
	}
	return out;
}

}  // namespace heddle
