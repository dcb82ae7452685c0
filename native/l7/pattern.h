#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace heddle::l7 {

/** A regular expression (RE2: time linear in the text) for whole strings. */
class Pattern {
public:
	Pattern();
	~Pattern();
	Pattern(Pattern&&) noexcept;
	Pattern& operator=(Pattern&&) noexcept;

	/** Empty text: matches everything. false: it is none; `fault` says why. */
	bool compile(const std::string& text, bool ignoringCase, std::string& fault);
	bool matches(std::string_view text) const;
	/** Nothing was asked for. */
	bool isEmpty() const { return !expression_ && literal_.empty(); }

private:
	/** Without any special character: compared as it is. */
	std::string literal_;
	std::unique_ptr<re2::RE2> expression_;
};

}  // namespace heddle::l7
