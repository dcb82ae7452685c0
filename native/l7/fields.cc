#include "fields.h"

#include "characters.h"

namespace heddle::l7 {

struct KnownName {
	std::string_view text;
	FieldName name;
};

static constexpr KnownName kKnownNames[] = {
	{"host", FieldName::Host},
	{"content-length", FieldName::ContentLength},
	{"transfer-encoding", FieldName::TransferEncoding},
	{"connection", FieldName::Connection},
	{"upgrade", FieldName::Upgrade},
	{"expect", FieldName::Expect},
	{"keep-alive", FieldName::KeepAlive},
	{"proxy-connection", FieldName::ProxyConnection},
	{"te", FieldName::Te},
	{"http2-settings", FieldName::Http2Settings},
};

FieldName knownName(std::string_view name) {
	for (const KnownName& known : kKnownNames)
		if (known.text.size() == name.size() && equalsIgnoringCase(known.text, name)) return known.name;
	return FieldName::Other;
}

static std::string_view trimmed(std::string_view text) {
	while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
	while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
	return text;
}

static const char* parseField(std::string_view line, Field& field) {
	if (line.front() == ' ' || line.front() == '\t') return "a folded header line";
	size_t colon = line.find(':');
	if (colon == std::string_view::npos) return "a header line without a colon";
	field.name = line.substr(0, colon);
	field.raw = line.substr(colon + 1);
	if (field.name.empty()) return "a header without a name";
	if (!all(field.name, kToken)) return "a header name with characters that no name has";
	if (!all(field.raw, kFieldValue)) return "a header value with control characters";
	field.value = trimmed(field.raw);
	field.known = knownName(field.name);
	field.removed = false;
	return nullptr;
}

Refusal parseFields(std::string_view lines, size_t most, uint16_t status, std::vector<Field>& fields) {
	fields.clear();
	for (;;) {
		size_t end = lines.find('\n');
		if (end == std::string_view::npos || end == 0 || lines[end - 1] != '\r') return {status, "a line not ended by CR LF"};
		std::string_view line = lines.substr(0, end - 1);
		if (line.empty()) return {};
		if (fields.size() == most) return {static_cast<uint16_t>(status == 400 ? 431 : status), "too many headers"};
		Field field;
		if (const char* fault = parseField(line, field)) return {status, fault};
		fields.push_back(field);
		lines.remove_prefix(end + 1);
	}
}

}  // namespace heddle::l7
