#pragma once

#include <vector>

#include "rule.h"

namespace heddle::l7 {

/** HTTP rules of one policy row: any of them allows. Without any, nothing is allowed. Immutable once it is in use. */
class RuleSet {
public:
	/** false: `fault` names the rule by its place, its field, what was found and what is expected. */
	bool compile(const std::vector<RuleSpec>& specs, std::string& fault);
	/**
	 * true: allowed, and the head is as the rule wants it, with views into this set. `mismatched` becomes true where the
	 * rule let a header pass that was not as expected.
	 */
	bool judge(RequestHead& head, uint16_t port, bool& mismatched) const;

private:
	std::vector<Rule> rules_;
};

}  // namespace heddle::l7
