#pragma once

#include <vector>

#include "rule.h"
#include "server_names.h"

namespace heddle::l7 {

/** What one policy row asks: HTTP rules, TLS server names. Any of them allows; none allows nothing. Immutable in use. */
class RuleSet {
public:
	/** false: `fault` names the rule by its place, its field, what was found and what is expected. */
	bool compile(const std::vector<RuleSpec>& specs, const std::vector<std::string>& serverNames, std::string& fault);
	bool hasHttp() const { return !rules_.empty(); }
	bool hasServerNames() const { return !serverNames_.empty(); }
	const ServerNames& serverNames() const { return serverNames_; }
	/**
	 * true: allowed, and the head is as the rule wants it, with views into this set. `mismatched` becomes true where the
	 * rule let a header pass that was not as expected.
	 */
	bool judge(RequestHead& head, uint16_t port, bool& mismatched) const;

private:
	std::vector<Rule> rules_;
	ServerNames serverNames_;
};

}  // namespace heddle::l7
