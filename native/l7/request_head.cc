#include "request_head.h"

#include "characters.h"
#include "request_line.h"
#include "target.h"

namespace heddle::l7 {

static Refusal findHost(RequestHead& head) {
	size_t hosts = 0;
	head.host = {};
	for (const Field& field : head.fields)
		if (field.known == FieldName::Host) head.host = field.value, hosts++;
	if (hosts > 1) return badRequest("more than one Host");
	if (hosts == 0) return head.http11 ? badRequest("no Host") : Refusal();
	return isAuthority(head.host) ? Refusal() : badRequest("a Host that is none");
}

/** A field that Connection names is for us alone: it is neither judged nor forwarded. */
static Refusal removeNamed(std::string_view name, RequestHead& head) {
	for (Field& field : head.fields) {
		if (!equalsIgnoringCase(field.name, name)) continue;
		bool needed = field.known == FieldName::Host || field.known == FieldName::ContentLength ||
			field.known == FieldName::TransferEncoding;
		if (needed) return badRequest("a Connection that names a header which must be forwarded");
		field.removed = true;
	}
	return {};
}

struct Wishes {
	bool close = false, keepAlive = false, upgrade = false, te = false;
};

static Refusal readConnection(const Field& connection, RequestHead& head, Wishes& wishes) {
	Refusal refusal;
	eachMember(connection.value, [&](std::string_view member) {
		if (equalsIgnoringCase(member, "close")) wishes.close = true;
		else if (equalsIgnoringCase(member, "keep-alive")) wishes.keepAlive = true;
		else if (equalsIgnoringCase(member, "upgrade")) wishes.upgrade = true;
		else if (equalsIgnoringCase(member, "te")) wishes.te = true;
		else refusal = removeNamed(member, head);
		return !refusal;
	});
	return refusal;
}

/** HTTP/2 in clear text would carry requests past us: a client that offers it is answered in HTTP/1.1. */
static bool isHttp(std::string_view upgrade) {
	bool found = false;
	eachMember(upgrade, [&](std::string_view member) {
		std::string_view name = member.substr(0, member.find('/'));
		found |= equalsIgnoringCase(name, "h2c") || equalsIgnoringCase(name, "h2") || equalsIgnoringCase(name, "http") ||
			equalsIgnoringCase(name, "tls");
		return !found;
	});
	return found;
}

static Refusal readUpgrade(const Wishes& wishes, RequestHead& head) {
	Field* upgrade = nullptr;
	for (Field& field : head.fields) {
		if (field.known == FieldName::Http2Settings) field.removed = true;
		if (field.known != FieldName::Upgrade) continue;
		if (upgrade) return badRequest("more than one Upgrade");
		upgrade = &field;
	}
	head.upgrade = {};
	if (!upgrade) return {};
	if (!wishes.upgrade || !head.http11 || head.isConnect() || isHttp(upgrade->value)) upgrade->removed = true;
	else head.upgrade = upgrade->value;
	if (!head.upgrade.empty() && head.hasBody()) return badRequest("an Upgrade with a body");
	return {};
}

static Refusal readWishes(RequestHead& head) {
	Wishes wishes;
	for (size_t i = 0; i < head.fields.size(); i++) {
		Field& field = head.fields[i];
		if (field.known == FieldName::KeepAlive || field.known == FieldName::ProxyConnection) field.removed = true;
		if (field.known != FieldName::Connection) continue;
		field.removed = true;
		if (Refusal refusal = readConnection(field, head, wishes)) return refusal;
	}
	for (Field& field : head.fields)
		if (field.known == FieldName::Te && !(wishes.te && equalsIgnoringCase(field.value, "trailers"))) field.removed = true;
	head.keepAlive = !wishes.close && (head.http11 || wishes.keepAlive);
	return readUpgrade(wishes, head);
}

static Refusal readExpect(RequestHead& head) {
	head.expectContinue = false;
	for (Field& field : head.fields) {
		if (field.known != FieldName::Expect) continue;
		if (!equalsIgnoringCase(field.value, "100-continue")) return {417, "an Expect other than 100-continue"};
		if (head.http11) head.expectContinue = true;
		else field.removed = true;
	}
	return {};
}

static Refusal readFields(std::string_view target, RequestHead& head) {
	if (Refusal refusal = findHost(head)) return refusal;
	if (Refusal refusal = findFraming(head.fields, head.http11, BodyKind::None, 400, head.body)) return refusal;
	if (head.isConnect() && head.hasBody()) return badRequest("CONNECT with a body");
	if (Refusal refusal = readWishes(head)) return refusal;
	if (Refusal refusal = readExpect(head)) return refusal;
	return judgeTarget(head.method, target, head.host, head.path);
}

Refusal parseRequestHead(std::string_view text, const Limits& limits, RequestHead& head) {
	size_t end = text.find("\r\n");
	if (end > limits.requestLine) return {414, "a request line that is too long"};
	RequestLine line;
	if (Refusal refusal = parseRequestLine(text.substr(0, end), line)) return refusal;
	head.method = line.method;
	head.protocol = line.protocol;
	head.http11 = line.http11;
	head.path.clear();
	if (Refusal refusal = parseFields(text.substr(end + 2), limits.headerCount, 400, head.fields)) return refusal;
	return readFields(line.target, head);
}

static Refusal refuseLineEarly(std::string_view text, const Limits& limits) {
	std::string_view method = text.substr(0, text.find(' '));
	if (method.size() > 33 || (!all(method, kToken) && method != "\r")) return badRequest("a method that is none");
	return text.size() > limits.requestLine + 1 ? Refusal{414, "a request line that is too long"} : Refusal();
}

Refusal refuseEarly(std::string_view text, const Limits& limits, bool& lineJudged) {
	if (text.size() > limits.head) return {431, "a head that is too long"};
	if (lineJudged) return {};
	size_t end = text.find("\r\n");
	if (end == std::string_view::npos) return refuseLineEarly(text, limits);
	if (end > limits.requestLine) return {414, "a request line that is too long"};
	lineJudged = true;
	RequestLine line;
	return parseRequestLine(text.substr(0, end), line);
}

static void writeConnection(const RequestHead& head, std::string& out) {
	bool te = false;
	for (const Field& field : head.fields) te |= field.known == FieldName::Te && !field.removed;
	std::string_view wish = !head.upgrade.empty() ? "upgrade" : !head.keepAlive ? "close" : head.http11 ? "" : "keep-alive";
	if (wish.empty() && !te) return;
	out.append("Connection: ").append(wish);
	if (te) out.append(wish.empty() ? "TE" : ", TE");
	out.append("\r\n");
}

void writeRequestHead(const RequestHead& head, std::string& out) {
	out.append(head.method).append(" ").append(head.path).append(" ").append(head.protocol).append("\r\n");
	for (const Field& field : head.fields)
		if (!field.removed) out.append(field.name).append(": ").append(field.value).append("\r\n");
	writeConnection(head, out);
	out.append("\r\n");
}

}  // namespace heddle::l7
