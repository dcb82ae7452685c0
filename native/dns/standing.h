#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "l7/standing.h"
#include "rule_set.h"

namespace heddle::dns {

/** Of the source's policy and of the destination's; a name must be allowed by each that is there. */
struct Rules {
	std::shared_ptr<const RuleSet> egress, ingress;

	bool any() const { return egress || ingress; }
	bool allow(const std::string& name) const {
		return any() && (!egress || egress->allows(name)) && (!ingress || ingress->allows(name));
	}
};

/** How a client stands with policy, towards one server: kept by the engine, brought up to date by the hooks. */
struct Standing {
	/** None: its queries are under no rules (any more). */
	Rules rules;
	/** Why there are none. */
	const char* fault = "no rules for this client";
	l7::PolicyAnswer answer;
	/** Of the table that `rules` came from. */
	uint64_t rulesVersion = 0;
};

}  // namespace heddle::dns
