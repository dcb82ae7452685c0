#include "rule.h"

#include "characters.h"
#include "target.h"

namespace heddle::l7 {

static bool compileField(Pattern& pattern, const char* field, const std::string& text, bool ignoringCase, std::string& fault) {
	std::string why;
	if (pattern.compile(text, ignoringCase, why)) return true;
	fault = std::string(field) + ": found " + text + ", expected a regular expression (RE2): " + why;
	return false;
}

/** As Cilium does: up to the colon, or the space, is the name. */
static HeaderMatch splitHeader(const std::string& text) {
	size_t end = text.find_first_of(": ");
	if (end == std::string::npos) return {text, "", Mismatch::Deny};
	size_t value = text.find_first_not_of(": \t", end);
	return {text.substr(0, end), value == std::string::npos ? "" : text.substr(value), Mismatch::Deny};
}

static const char* faultOf(const HeaderMatch& match) {
	if (match.name.empty() || !all(match.name, kToken)) return "a header name";
	if (!all(match.value, kFieldValue)) return "a header value without control characters";
	bool changes = match.mismatch > Mismatch::Log;
	if (changes && knownName(match.name) != FieldName::Other)
		return "LOG or no mismatch action for a header that frames or routes";
	bool sets = match.mismatch == Mismatch::Add || match.mismatch == Mismatch::Replace;
	return sets && match.value.empty() ? "a value to be set" : nullptr;
}

bool Rule::compileHeaders(const RuleSpec& spec, std::string& fault) {
	headers_ = spec.headerMatches;
	for (const std::string& text : spec.headers) headers_.push_back(splitHeader(text));
	for (const HeaderMatch& match : headers_) {
		const char* expected = faultOf(match);
		if (!expected) continue;
		fault = "headers: found " + match.name + ": " + match.value + ", expected " + expected;
		return false;
	}
	return true;
}

bool Rule::compile(const RuleSpec& spec, std::string& fault) {
	return compileField(method_, "method", spec.method, false, fault) && compileField(path_, "path", spec.path, false, fault) &&
		compileField(host_, "host", spec.host, true, fault) && compileHeaders(spec, fault);
}

/** A value is met by one header that has it: several of a name mean different things to different servers. */
static bool isMet(const HeaderMatch& match, const RequestHead& head) {
	const Field* found = nullptr;
	for (const Field& field : head.fields) {
		if (field.removed || !equalsIgnoringCase(field.name, match.name)) continue;
		if (match.value.empty()) return true;
		if (found) return false;
		found = &field;
	}
	return found && found->value == match.value;
}

bool Rule::matchesHost(std::string_view host, uint16_t port) const {
	if (host_.isEmpty() || host_.matches(host)) return true;
	return portOf(host) == std::to_string(port) && host_.matches(hostOf(host));
}

bool Rule::matches(const RequestHead& head, uint16_t port) const {
	// A tunnel is more than a request: only who names the method asks for one.
	if (head.isConnect() && method_.isEmpty()) return false;
	if (!method_.matches(head.method) || !path_.matches(head.path) || !matchesHost(head.host, port)) return false;
	for (const HeaderMatch& match : headers_)
		if (match.mismatch == Mismatch::Deny && !isMet(match, head)) return false;
	return true;
}

bool Rule::apply(RequestHead& head) const {
	bool mismatched = false;
	for (const HeaderMatch& match : headers_) {
		if (match.mismatch == Mismatch::Deny || isMet(match, head)) continue;
		mismatched = true;
		bool removes = match.mismatch == Mismatch::Delete || match.mismatch == Mismatch::Replace;
		for (Field& field : head.fields)
			if (removes && equalsIgnoringCase(field.name, match.name)) field.removed = true;
		if (match.mismatch == Mismatch::Add || match.mismatch == Mismatch::Replace)
			head.fields.push_back({match.name, match.value, match.value});
	}
	return mismatched;
}

}  // namespace heddle::l7
