#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fields.h"
#include "framing.h"

namespace heddle::l7 {

struct ResponseHead {
	uint16_t status = 0;
	std::string_view protocol;
	std::vector<Field> fields;
	Framing body;
	/** The server wants to go on. */
	bool keepAlive = false;
	bool isInterim() const { return status >= 100 && status < 200 && status != 101; }
};

/** A whole head. `method`: of its request; answers to HEAD have no body, whatever they say. */
Refusal parseResponseHead(std::string_view text, std::string_view method, const Limits& limits, ResponseHead& head);

/** Appends the head `text` so that it tells the client of the connection's end. */
void writeLastResponseHead(std::string_view text, const ResponseHead& head, std::string& out);

}  // namespace heddle::l7
