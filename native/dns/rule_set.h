#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "name_pattern.h"

namespace heddle::dns {

/** A rule as it is written; one of the two at least. */
struct RuleSpec {
	std::string matchName, matchPattern;
};

/** A name or pattern as it is written: in small letters, without the root's dot. */
std::string canonicalText(std::string_view text);

/** DNS rules of one policy row: any of them allows. Without any, nothing is allowed. Immutable once it is in use. */
class RuleSet {
public:
	/** false: `fault` names the rule by its place, its field, what was found and what is expected. */
	bool compile(const std::vector<RuleSpec>& specs, std::string& fault);
	/** A canonical name. */
	bool allows(const std::string& name) const;

private:
	bool add(const RuleSpec& spec, std::string& fault);

	std::unordered_set<std::string> names_;
	std::vector<NamePattern> patterns_;
};

}  // namespace heddle::dns
