#pragma once

#include <memory>
#include <string>

#include "address.h"
#include "limits.h"
#include "rule_set.h"

namespace heddle::l7 {

struct Options {
	Address listen, upstream;
	std::string rulesPath;
	unsigned threads = 1;
};

/** What the rules file says: `{"rules": [...], "limits": {...}}`; `"rules": null`: connections are under no rules. */
struct Configuration {
	std::shared_ptr<const RuleSet> rules;
	Limits limits;
};

/** false: `fault` says why. */
bool readOptions(int count, char** arguments, Options& options, std::string& fault);
bool readConfiguration(const std::string& path, Configuration& configuration, std::string& fault);

}  // namespace heddle::l7
