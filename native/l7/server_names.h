#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heddle::l7 {

/** Names of TLS servers that a policy row allows: a name, `*.` and a name for one label more, `**.` for one or several. */
class ServerNames {
public:
	/** false: `fault` names the entry, what was found and what is expected. */
	bool compile(const std::vector<std::string>& patterns, std::string& fault);
	/** `name`: small letters. */
	bool allow(std::string_view name) const;
	bool empty() const { return names_.empty(); }

private:
	enum class Labels { None, One, Several };
	struct Name {
		/** What stands before it. */
		Labels labels;
		std::string suffix;
	};
	static bool matches(const Name& name, std::string_view text);

	std::vector<Name> names_;
};

}  // namespace heddle::l7
