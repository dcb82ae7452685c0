#include "rule_set.h"

namespace heddle::l7 {

bool RuleSet::compile(const std::vector<RuleSpec>& specs, const std::vector<std::string>& serverNames, std::string& fault) {
	std::vector<Rule> rules(specs.size());
	for (size_t i = 0; i < specs.size(); i++) {
		std::string why;
		if (rules[i].compile(specs[i], why)) continue;
		fault = "rules[" + std::to_string(i) + "]." + why;
		return false;
	}
	if (!serverNames_.compile(serverNames, fault)) return false;
	rules_ = std::move(rules);
	return true;
}

bool RuleSet::judge(RequestHead& head, uint16_t port, bool& mismatched) const {
	for (const Rule& rule : rules_) {
		if (!rule.matches(head, port)) continue;
		mismatched |= rule.apply(head);
		return true;
	}
	return false;
}

}  // namespace heddle::l7
