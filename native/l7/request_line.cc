#include "request_line.h"

#include "characters.h"

namespace heddle::l7 {

static Refusal judgeProtocol(std::string_view protocol, bool& http11) {
	http11 = protocol == "HTTP/1.1";
	if (http11 || protocol == "HTTP/1.0") return {};
	bool isHttp = protocol.size() == 8 && protocol.substr(0, 5) == "HTTP/" && is(protocol[5], kDigit) && protocol[6] == '.' &&
		is(protocol[7], kDigit);
	return isHttp ? Refusal{505, "a version of HTTP other than 1.0 and 1.1"}
				  : badRequest("a request line without HTTP's version");
}

Refusal parseRequestLine(std::string_view line, RequestLine& parts) {
	size_t first = line.find(' ');
	if (first == std::string_view::npos) return badRequest("a request line without a target");
	size_t second = line.find(' ', first + 1);
	if (second == std::string_view::npos) return badRequest("a request line without HTTP's version");
	parts = {line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1), false};
	if (parts.method.empty() || parts.method.size() > 32 || !all(parts.method, kToken))
		return badRequest("a method that is none");
	if (parts.target.empty()) return badRequest("a request line with two spaces");
	return judgeProtocol(parts.protocol, parts.http11);
}

}  // namespace heddle::l7
