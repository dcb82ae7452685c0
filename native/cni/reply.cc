#include "reply.h"

#include <strings.h>

#include <cstdlib>
#include <cstring>

#include "json.h"

namespace heddle::cni {

static const char kEndOfLine[] = "\r\n";
static const char kEndOfHeaders[] = "\r\n\r\n";

/** 0 where it is no status line. */
static int statusOf(const std::string& response) {
	bool isHttp = response.compare(0, 7, "HTTP/1.") == 0 && response.size() > 12 && response[8] == ' ';
	return isHttp ? atoi(response.substr(9, 3).c_str()) : 0;
}

static std::optional<size_t> lengthOf(const std::string& headers) {
	static const std::string name = "\r\ncontent-length:";
	for (size_t at = headers.find(kEndOfLine); at != std::string::npos; at = headers.find(kEndOfLine, at + 1)) {
		if (strncasecmp(headers.c_str() + at, name.c_str(), name.size()) != 0) continue;
		return strtoull(headers.c_str() + at + name.size(), nullptr, 10);
	}
	return std::nullopt;
}

static bool isError(const Json& json) {
	auto code = json.find("code");
	auto message = json.find("msg");
	return code != json.end() && code->is_number_unsigned() && message != json.end() && message->is_string();
}

std::optional<Answer> parseReply(const std::string& response) {
	size_t end = response.find(kEndOfHeaders);
	int status = statusOf(response);
	if (end == std::string::npos || status == 0) return std::nullopt;
	std::string body = response.substr(end + strlen(kEndOfHeaders));
	if (lengthOf(response.substr(0, end)) != body.size()) return std::nullopt;
	if (status == 200 && body.empty()) return Answer{true, ""};
	Json json = Json::parse(body, nullptr, false);
	if (!json.is_object() || (status != 200 && !isError(json))) return std::nullopt;
	return Answer{status == 200, body};
}

}  // namespace heddle::cni
