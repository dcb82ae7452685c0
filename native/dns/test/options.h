#pragma once

#include <memory>
#include <string>

#include "dns/limits.h"
#include "dns/rule_set.h"
#include "l7/address.h"

namespace heddle::dns {

struct Options {
	l7::Address listen, upstream;
	std::string rulesPath;
	unsigned threads = 1;
};

/**
 * What the rules file says: `{"rules": [...], "limits": {...}, "learns": true}`. `"rules": null`: clients are under no
 * rules. `"learns": false`: lessons wait to be released by hand.
 */
struct Configuration {
	std::shared_ptr<const RuleSet> rules;
	Limits limits;
	bool learns = true;
};

/** false: `fault` says why. */
bool readOptions(int count, char** arguments, Options& options, std::string& fault);
bool readConfiguration(const std::string& path, Configuration& configuration, std::string& fault);

}  // namespace heddle::dns
