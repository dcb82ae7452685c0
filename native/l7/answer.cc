#include "answer.h"

#include <string_view>

namespace heddle::l7 {

static const char* wordsOf(uint16_t status) {
	switch (status) {
	case 400: return "Bad Request";
	case 403: return "Forbidden";
	case 408: return "Request Timeout";
	case 413: return "Content Too Large";
	case 414: return "URI Too Long";
	case 417: return "Expectation Failed";
	case 431: return "Request Header Fields Too Large";
	case 501: return "Not Implemented";
	case 502: return "Bad Gateway";
	case 503: return "Service Unavailable";
	case 504: return "Gateway Timeout";
	case 505: return "HTTP Version Not Supported";
	}
	return "Internal Server Error";
}

void writeAnswer(uint16_t status, AnswerStyle style, std::string& out) {
	const char* words = wordsOf(status);
	std::string_view body = status == 403 ? "Access denied" : words;
	out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ").append(words).append("\r\n");
	out.append("content-type: text/plain\r\ncontent-length: ").append(std::to_string(body.size())).append("\r\n");
	if (!style.keepAlive) out.append("connection: close\r\n");
	else if (!style.http11) out.append("connection: keep-alive\r\n");
	out.append("\r\n");
	if (!style.headOnly) out.append(body);
}

}  // namespace heddle::l7
