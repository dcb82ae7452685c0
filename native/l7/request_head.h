#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fields.h"
#include "framing.h"

namespace heddle::l7 {

/** A request as it is judged. Views into the head that was read, which must stay where it is. */
struct RequestHead {
	std::string_view method, host, protocol;
	/** Normalised path and query; `*`; of CONNECT, host and port. */
	std::string path;
	std::vector<Field> fields;
	Framing body;
	bool http11 = false;
	/** The client wants to go on. */
	bool keepAlive = false;
	bool expectContinue = false;
	/** What it wants to change to; empty: nothing. */
	std::string_view upgrade;
	bool hasBody() const { return body.kind == BodyKind::Chunked || body.length > 0; }
	bool isConnect() const { return method == "CONNECT"; }
};

/** A whole head, from its first line to its empty line. Strict: what servers might read in two ways is refused. */
Refusal parseRequestHead(std::string_view text, const Limits& limits, RequestHead& head);

/** Of a head that is not whole yet: whether it cannot become one. `lineJudged`: its first line was looked at already. */
Refusal refuseEarly(std::string_view text, const Limits& limits, bool& lineJudged);

/** Appends the head as it was judged: the normalised target, one space after each colon, nothing that was removed. */
void writeRequestHead(const RequestHead& head, std::string& out);

}  // namespace heddle::l7
