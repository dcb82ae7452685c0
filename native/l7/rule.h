#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pattern.h"
#include "request_head.h"

namespace heddle::l7 {

/** What is done where a header is not as expected (Cilium's `mismatch`). All but Deny let the rule match. */
enum class Mismatch : uint8_t { Deny, Log, Add, Delete, Replace };

struct HeaderMatch {
	std::string name;
	/** Empty: the header must be there. Otherwise its exact value. */
	std::string value;
	Mismatch mismatch = Mismatch::Deny;
};

/** A rule as it is written; empty fields ask for nothing. Method, path and host are regular expressions for whole strings. */
struct RuleSpec {
	std::string method, path, host;
	/** `Name: value`, or `Name` alone. */
	std::vector<std::string> headers;
	std::vector<HeaderMatch> headerMatches;
};

class Rule {
public:
	/** false: the rule is none; `fault` names field, found and expected. */
	bool compile(const RuleSpec& spec, std::string& fault);
	/** `port`: where the connection goes; a Host with that port counts as the host alone as well. */
	bool matches(const RequestHead& head, uint16_t port) const;
	/**
	 * After a match: what mismatch actions ask for; added headers are views into this rule. true: a header was not as
	 * expected, and the rule says to let it pass.
	 */
	bool apply(RequestHead& head) const;

private:
	bool compileHeaders(const RuleSpec& spec, std::string& fault);
	bool matchesHost(std::string_view host, uint16_t port) const;

	Pattern method_, path_, host_;
	std::vector<HeaderMatch> headers_;
};

}  // namespace heddle::l7
