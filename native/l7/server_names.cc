#include "server_names.h"

#include "characters.h"

namespace heddle::l7 {

static std::string_view withoutRoot(std::string_view name) {
	if (!name.empty() && name.back() == '.') name.remove_suffix(1);
	return name;
}

bool ServerNames::compile(const std::vector<std::string>& patterns, std::string& fault) {
	std::vector<Name> names;
	for (size_t i = 0; i < patterns.size(); i++) {
		std::string_view text = withoutRoot(patterns[i]);
		Labels labels = Labels::None;
		for (std::string_view prefix : {"**.", "*."}) {
			if (text.substr(0, prefix.size()) != prefix) continue;
			labels = prefix.size() == 3 ? Labels::Several : Labels::One;
			text.remove_prefix(prefix.size());
			break;
		}
		if (text.empty() || text.find('*') != std::string_view::npos) {
			fault = "serverNames[" + std::to_string(i) + "]: found \"" + patterns[i] +
				"\", expected a name, or one after *. or **.";
			return false;
		}
		names.push_back({labels, std::string(text)});
		for (char& c : names.back().suffix) c = lower(c);
	}
	names_ = std::move(names);
	return true;
}

bool ServerNames::matches(const Name& name, std::string_view text) {
	if (name.labels == Labels::None) return text == name.suffix;
	size_t length = name.suffix.size() + 1;
	if (text.size() <= length || text.substr(text.size() - name.suffix.size()) != name.suffix) return false;
	std::string_view labels = text.substr(0, text.size() - length);
	if (text[labels.size()] != '.' || labels.front() == '.' || labels.back() == '.') return false;
	return name.labels == Labels::Several || labels.find('.') == std::string_view::npos;
}

bool ServerNames::allow(std::string_view name) const {
	std::string_view text = withoutRoot(name);
	for (const Name& each : names_)
		if (matches(each, text)) return true;
	return false;
}

}  // namespace heddle::l7
