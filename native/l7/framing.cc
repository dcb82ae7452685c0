#include "framing.h"

#include "characters.h"

namespace heddle::l7 {

/** 18 digits fit into 63 bits. */
static bool parseLength(const Field& field, uint64_t& length) {
	std::string_view digits = field.value;
	if (digits.empty() || digits.size() > 18 || !all(digits, kDigit)) return false;
	length = 0;
	for (char c : digits) length = length * 10 + static_cast<uint64_t>(c - '0');
	return true;
}

/** Other parsers disagree about all other white space. */
static bool isPlain(const Field& field) {
	std::string_view raw = field.raw;
	if (!raw.empty() && raw.front() == ' ') raw.remove_prefix(1);
	return raw == field.value && raw.find('\t') == std::string_view::npos;
}

Refusal findFraming(const std::vector<Field>& fields, bool http11, BodyKind otherwise, uint16_t status, Framing& framing) {
	const Field *length = nullptr, *coding = nullptr;
	bool manyLengths = false, manyCodings = false;
	for (const Field& field : fields) {
		if (field.known == FieldName::ContentLength) manyLengths |= length != nullptr, length = &field;
		if (field.known == FieldName::TransferEncoding) manyCodings |= coding != nullptr, coding = &field;
	}
	framing = {otherwise, 0};
	if (length && coding) return {status, "both Content-Length and Transfer-Encoding"};
	if (manyLengths) return {status, "more than one Content-Length"};
	if (length) {
		framing.kind = BodyKind::Length;
		return parseLength(*length, framing.length) ? Refusal() : Refusal{status, "a Content-Length that is no number"};
	}
	if (!coding) return {};
	if (!http11) return {status, "Transfer-Encoding in HTTP/1.0"};
	if (!isPlain(*coding) || coding->value.empty()) return {status, "Transfer-Encoding with odd white space"};
	framing.kind = BodyKind::Chunked;
	if (!manyCodings && equalsIgnoringCase(coding->value, "chunked")) return {};
	return {static_cast<uint16_t>(status == 400 ? 501 : status), "a Transfer-Encoding other than a single chunked"};
}

}  // namespace heddle::l7
