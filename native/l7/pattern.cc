#include "pattern.h"

#include <re2/re2.h>

namespace heddle::l7 {

static constexpr int64_t kMostMemory = 8 << 20;

Pattern::Pattern() = default;
Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

static bool isLiteral(const std::string& text) { return text.find_first_of("\\^$.[]|()?*+{}") == std::string::npos; }

bool Pattern::compile(const std::string& text, bool ignoringCase, std::string& fault) {
	literal_.clear();
	expression_.reset();
	if (isLiteral(text) && !ignoringCase) {
		literal_ = text;
		return true;
	}
	RE2::Options options(RE2::Latin1);
	options.set_log_errors(false);
	options.set_case_sensitive(!ignoringCase);
	options.set_never_capture(true);
	options.set_max_mem(kMostMemory);
	if (text.empty()) return true;
	expression_ = std::make_unique<re2::RE2>(text, options);
	if (!expression_->ok()) fault = expression_->error();
	return expression_->ok();
}

bool Pattern::matches(std::string_view text) const {
	if (!expression_) return literal_.empty() || literal_ == text;
	return expression_->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(), RE2::ANCHOR_BOTH, nullptr, 0);
}

}  // namespace heddle::l7
