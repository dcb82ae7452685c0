#pragma once

#include <string_view>

#include "refusal.h"

namespace heddle::l7 {

struct RequestLine {
	std::string_view method, target, protocol;
	bool http11 = false;
};

/** Without its end. Exactly two single spaces. */
Refusal parseRequestLine(std::string_view line, RequestLine& parts);

}  // namespace heddle::l7
