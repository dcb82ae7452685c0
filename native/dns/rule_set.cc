#include "rule_set.h"

#include "l7/characters.h"
#include "name.h"

namespace heddle::dns {

std::string canonicalText(std::string_view text) {
	if (!text.empty() && text.back() == '.') text.remove_suffix(1);
	std::string name(text);
	for (char& c : name) c = l7::lower(c);
	return name;
}

/** Labels of letters, digits, - and _, and of `also`; with dots between them, and maybe one at the end. */
static bool isName(std::string_view text, char also) {
	if (text.empty() || text.size() > Name::kLongest || text.find("..") != std::string_view::npos || text[0] == '.')
		return false;
	for (char c : text) {
		bool known = c == '.' || c == '-' || c == '_' || l7::is(c, l7::kDigit) || (l7::lower(c) >= 'a' && l7::lower(c) <= 'z');
		if (!known && !(also && c == also)) return false;
	}
	return true;
}

bool RuleSet::add(const RuleSpec& spec, std::string& fault) {
	if (spec.matchName.empty() && spec.matchPattern.empty())
		return fault = "matchName: found neither it nor matchPattern, expected one of them", false;
	if (!spec.matchName.empty() && !isName(spec.matchName, 0))
		return fault = "matchName: found " + spec.matchName + ", expected a domain name", false;
	if (!spec.matchPattern.empty() && !isName(spec.matchPattern, '*'))
		return fault = "matchPattern: found " + spec.matchPattern + ", expected a pattern of a domain name", false;
	if (!spec.matchName.empty()) names_.insert(canonicalText(spec.matchName));
	if (!spec.matchPattern.empty()) patterns_.emplace_back(canonicalText(spec.matchPattern));
	return true;
}

bool RuleSet::compile(const std::vector<RuleSpec>& specs, std::string& fault) {
	for (size_t i = 0; i < specs.size(); i++) {
		std::string why;
		if (add(specs[i], why)) continue;
		fault = "rules[" + std::to_string(i) + "]." + why;
		return false;
	}
	return true;
}

bool RuleSet::allows(const std::string& name) const {
	if (names_.count(name)) return true;
	for (const NamePattern& pattern : patterns_)
		if (pattern.matches(name)) return true;
	return false;
}

}  // namespace heddle::dns
