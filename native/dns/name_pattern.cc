#include "name_pattern.h"

#include <algorithm>

namespace heddle::dns {

static bool isStars(std::string_view text) { return !text.empty() && text.find_first_not_of('*') == std::string_view::npos; }

NamePattern::NamePattern(std::string_view text) : isEvery_(isStars(text)) {
	for (size_t begin = 0; begin <= text.size();) {
		size_t end = std::min(text.find('.', begin), text.size());
		labels_.emplace_back(text.substr(begin, end - begin));
		begin = end + 1;
	}
	isSuffix_ = labels_.size() > 1 && labels_[0].size() > 1 && isStars(labels_[0]);
	if (isSuffix_) labels_.erase(labels_.begin());
}

/** Goes back to the last star only: an earlier one need not take more than it has. */
static bool matchesLabel(std::string_view pattern, std::string_view label) {
	size_t at = 0, star = std::string_view::npos, taken = 0;
	for (size_t i = 0; i < label.size();) {
		if (at < pattern.size() && pattern[at] == '*') {
			star = at++;
			taken = i;
		} else if (at < pattern.size() && pattern[at] == label[i]) {
			at++, i++;
		} else if (star != std::string_view::npos) {
			at = star + 1;
			i = ++taken;
		} else {
			return false;
		}
	}
	return at == pattern.size() || isStars(pattern.substr(at));
}

bool NamePattern::matchesLabels(std::string_view name) const {
	for (size_t i = 0; i < labels_.size(); i++) {
		size_t end = name.find('.');
		bool last = i + 1 == labels_.size();
		if ((end == std::string_view::npos) != last || !matchesLabel(labels_[i], name.substr(0, end))) return false;
		if (!last) name.remove_prefix(end + 1);
	}
	return true;
}

bool NamePattern::matches(std::string_view name) const {
	if (isEvery_) return true;
	if (name.empty()) return false;
	if (!isSuffix_) return matchesLabels(name);
	auto labels = static_cast<size_t>(std::count(name.begin(), name.end(), '.')) + 1;
	if (labels <= labels_.size()) return false;
	for (size_t surplus = labels - labels_.size(); surplus > 0; surplus--) name.remove_prefix(name.find('.') + 1);
	return matchesLabels(name);
}

}  // namespace heddle::dns
