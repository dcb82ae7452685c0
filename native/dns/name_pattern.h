#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heddle::dns {

/**
 * A pattern as Cilium has them: `*` is any characters of one label, two and more at the start before a dot are one or more
 * whole labels, and stars alone are every name, the root too. The same as lib/rules/name-pattern.ts.
 */
class NamePattern {
public:
	/** In small letters, without the root's dot. */
	explicit NamePattern(std::string_view text);
	/** A canonical name. */
	bool matches(std::string_view name) const;

private:
	bool matchesLabels(std::string_view name) const;

	std::vector<std::string> labels_;
	bool isEvery_ = false, isSuffix_ = false;
};

}  // namespace heddle::dns
