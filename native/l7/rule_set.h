#pragma once

#include <vector>

#include "rule.h"

namespace heddle::l7 {

/** HTTP rules of one policy row: any of them allows. Without any, nothing is allowed. Immutable once it is in use. */
class RuleSet {
public:
	/** false: `fault` names the rule by its place, its field, what was found and what is expected. */
	bool compile(const std::vector<RuleSpec>& specs, std::string& fault);
	void judge(RequestHead& head, uint16_t port, Verdict& verdict) const;

private:
	std::vector<Rule> rules_;
};

}  // namespace heddle::l7
