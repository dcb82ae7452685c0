#include "response_head.h"

#include "characters.h"

namespace heddle::l7 {

static Refusal parseStatusLine(std::string_view line, ResponseHead& head, bool& http11) {
	head.protocol = line.substr(0, 8);
	http11 = head.protocol == "HTTP/1.1";
	if (!http11 && head.protocol != "HTTP/1.0") return badGateway("a status line without HTTP's version");
	bool wellFormed = line.size() >= 12 && line[8] == ' ' && all(line.substr(9, 3), kDigit) && line[9] >= '1' &&
		line[9] <= '5' && (line.size() == 12 || line[12] == ' ') && all(line.substr(12), kFieldValue);
	if (!wellFormed) return badGateway("a status line that is none");
	head.status = static_cast<uint16_t>((line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0'));
	return {};
}

static bool wantsToGoOn(const std::vector<Field>& fields, bool http11) {
	bool close = false, keepAlive = false;
	for (const Field& field : fields) {
		if (field.known != FieldName::Connection) continue;
		eachMember(field.value, [&](std::string_view member) {
			close |= equalsIgnoringCase(member, "close");
			keepAlive |= equalsIgnoringCase(member, "keep-alive");
			return true;
		});
	}
	return !close && (http11 || keepAlive);
}

static bool hasNoBody(std::string_view method, uint16_t status) {
	if (method == "HEAD" || status < 200 || status == 204 || status == 304) return true;
	return method == "CONNECT" && status < 300;
}

Refusal parseResponseHead(std::string_view text, std::string_view method, const Limits& limits, ResponseHead& head) {
	size_t end = text.find("\r\n");
	bool http11 = false;
	if (Refusal refusal = parseStatusLine(text.substr(0, end), head, http11)) return refusal;
	if (Refusal refusal = parseFields(text.substr(end + 2), limits.headerCount, 502, head.fields)) return refusal;
	if (Refusal refusal = findFraming(head.fields, http11, BodyKind::UntilClose, 502, head.body)) return refusal;
	if (hasNoBody(method, head.status)) head.body = {};
	head.keepAlive = wantsToGoOn(head.fields, http11) && head.body.kind != BodyKind::UntilClose;
	return {};
}

void writeLastResponseHead(std::string_view text, const ResponseHead& head, std::string& out) {
	out.append(text.substr(0, text.find("\r\n") + 2));
	for (const Field& field : head.fields) {
		if (field.known == FieldName::KeepAlive) continue;
		bool goesOn = field.known == FieldName::Connection && equalsIgnoringCase(field.value, "keep-alive");
		if (!goesOn) out.append(field.name).append(":").append(field.raw).append("\r\n");
	}
	out.append("Connection: close\r\n\r\n");
}

}  // namespace heddle::l7
