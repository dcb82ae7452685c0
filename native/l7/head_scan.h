#pragma once

#include <cstddef>
#include <string_view>

namespace heddle::l7 {

enum class Scan { Incomplete, Complete, Bad };

/** Looks for the empty line that ends a head, in a text that grows; each byte is looked at once. */
class HeadScan {
public:
	/** `Bad`: a line that does not end in CR LF, or a beginning that cannot be HTTP's. */
	Scan scan(std::string_view text) {
		for (;;) {
			size_t end = text.find('\n', seen_);
			if (end == std::string_view::npos) {
				seen_ = text.size();
				return Scan::Incomplete;
			}
			if (end == 0 || text[end - 1] != '\r') return Scan::Bad;
			seen_ = end + 1;
			lines_++;
			if (end - 1 == lineStart_) return Scan::Complete;
			lineStart_ = seen_;
		}
	}
	/** Of the head, with its empty line. */
	size_t length() const { return seen_; }
	bool hasFirstLine() const { return lines_ > 0; }
	void reset() { *this = HeadScan(); }

private:
	size_t seen_ = 0, lineStart_ = 0, lines_ = 0;
};

}  // namespace heddle::l7
