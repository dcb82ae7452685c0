#pragma once

#include <cstdint>
#include <string>

namespace heddle::l7 {

struct AnswerStyle {
	bool keepAlive = false;
	/** The request's version: HTTP/1.0 must be told that the connection stays. */
	bool http11 = true;
	/** To HEAD: the head of the answer alone. */
	bool headOnly = false;
};

/** Appends an answer of our own: `Access denied` for 403, otherwise the status in words. */
void writeAnswer(uint16_t status, AnswerStyle style, std::string& out);

}  // namespace heddle::l7
