#pragma once

#include <cstdint>
#include <memory>

#include "rule_set.h"

namespace heddle::l7 {

/** Of the source's policy and of the destination's; a request must meet each that is there. */
struct Rules {
	std::shared_ptr<const RuleSet> egress, ingress;

	bool any() const { return egress || ingress; }
	bool anyHttp() const { return (egress && egress->hasHttp()) || (ingress && ingress->hasHttp()); }
	bool anyServerNames() const { return (egress && egress->hasServerNames()) || (ingress && ingress->hasServerNames()); }
	bool allowServerName(std::string_view name) const {
		for (const RuleSet* set : {egress.get(), ingress.get()})
			if (set && !set->serverNames().allow(name)) return false;
		return any();
	}
	bool operator==(const Rules& other) const { return egress == other.egress && ingress == other.ingress; }
	bool operator!=(const Rules& other) const { return !(*this == other); }
};

/** What policy said of a connection. */
struct PolicyAnswer {
	/** When it was said; 0: not yet. */
	uint32_t epoch = 0;
	uint32_t sourceIdentity = 0, destinationIdentity = 0;
	uint32_t egressCookie = 0, ingressCookie = 0;
	uint16_t sourceEndpoint = 0, destinationEndpoint = 0;
	/** Of the source's policy and of the destination's: sent to the proxy. */
	bool egressRedirected = false, ingressRedirected = false;
	/** Why the connection may not be; nullptr: it may. */
	const char* denial = nullptr;
};

/** How a connection stands with policy: kept by the connection, brought up to date by the hooks. */
struct Standing {
	/** None: the connection is under no rules (any more), it is denied and closed. */
	Rules rules;
	/** Why there are none. */
	const char* fault = "no rules for this connection";
	PolicyAnswer answer;
	/** Of the table that `rules` came from. */
	uint64_t rulesVersion = 0;
};

}  // namespace heddle::l7
