#include "body_reader.h"

#include <algorithm>

#include "characters.h"

namespace heddle::l7 {

/** Size and extensions of one chunk. */
static constexpr size_t kLongestSizeLine = 256;

void BodyReader::begin(const Framing& framing) {
	left_ = framing.length;
	switch (framing.kind) {
	case BodyKind::None: state_ = State::Done; break;
	case BodyKind::Length: state_ = left_ ? State::Plain : State::Done; break;
	case BodyKind::Chunked: state_ = State::Size; break;
	case BodyKind::UntilClose: state_ = State::UntilClose; break;
	}
}

void BodyReader::skip(uint64_t bytes) {
	left_ -= bytes;
	if (left_ == 0) state_ = state_ == State::Data ? State::DataEnd : State::Done;
}

/** 15 digits fit into 63 bits. */
static bool parseSize(std::string_view line, uint64_t& size) {
	size_t digits = 0;
	size = 0;
	for (; digits < line.size() && is(line[digits], kHexDigit); digits++)
		size = size << 4 | static_cast<uint64_t>(hexValue(line[digits]));
	if (digits == 0 || digits > 15) return false;
	std::string_view extensions = line.substr(digits);
	return extensions.empty() || (extensions.front() == ';' && all(extensions, kFieldValue));
}

size_t BodyReader::takeLine(std::string_view text, const Limits&, Refusal& refusal) {
	size_t end = text.substr(0, kLongestSizeLine).find('\n');
	if (end == std::string_view::npos) {
		if (text.size() >= kLongestSizeLine) refusal = badRequest("a chunk size that is too long");
		else if (!text.empty() && !is(text.front(), kHexDigit)) refusal = badRequest("a chunk size that is no number");
		return 0;
	}
	if (end == 0 || text[end - 1] != '\r' || !parseSize(text.substr(0, end - 1), left_)) {
		refusal = badRequest("a chunk size that is no number");
		return 0;
	}
	state_ = left_ ? State::Data : State::Trailers;
	return end + 1;
}

/** What a recipient must not take from trailers (RFC 9110, 6.5.1), and some do. */
static bool isForbiddenTrailer(const Field& field) {
	return field.known != FieldName::Other || equalsIgnoringCase(field.name, "authorization") ||
		equalsIgnoringCase(field.name, "cookie") || equalsIgnoringCase(field.name, "set-cookie") ||
		equalsIgnoringCase(field.name, "content-encoding") || equalsIgnoringCase(field.name, "content-type") ||
		equalsIgnoringCase(field.name, "content-range") || equalsIgnoringCase(field.name, "trailer");
}

size_t BodyReader::takeTrailers(std::string_view text, const Limits& limits, Refusal& refusal) {
	size_t end = text.substr(0, 2) == "\r\n" ? 0 : text.find("\r\n\r\n");
	if (end == std::string_view::npos) {
		if (text.size() > limits.head / 2) refusal = badRequest("trailers that are too long");
		return 0;
	}
	size_t length = end == 0 ? 2 : end + 4;
	thread_local std::vector<Field> fields;
	refusal = parseFields(text.substr(0, length), limits.headerCount, 400, fields);
	for (const Field& field : fields)
		if (!refusal && isForbiddenTrailer(field)) refusal = badRequest("a trailer that must not be one");
	if (refusal) return 0;
	state_ = State::Done;
	return length;
}

size_t BodyReader::takeOnce(std::string_view text, const Limits& limits, Refusal& refusal) {
	switch (state_) {
	case State::Done: return 0;
	case State::UntilClose: return text.size();
	case State::Size: return takeLine(text, limits, refusal);
	case State::Trailers: return takeTrailers(text, limits, refusal);
	case State::Plain:
	case State::Data: {
		size_t taken = static_cast<size_t>(std::min<uint64_t>(left_, text.size()));
		if (taken) skip(taken);
		return taken;
	}
	case State::DataEnd:
		if (text.substr(0, 2) == "\r\n") return state_ = State::Size, 2;
		if (text.size() >= 2 || (text.size() == 1 && text[0] != '\r')) refusal = badRequest("a chunk longer than its size");
		return 0;
	}
	return 0;
}

size_t BodyReader::take(std::string_view text, const Limits& limits, Refusal& refusal) {
	size_t taken = 0;
	while (!isDone() && !refusal) {
		size_t more = takeOnce(text.substr(taken), limits, refusal);
		if (more == 0) break;
		taken += more;
	}
	return taken;
}

}  // namespace heddle::l7
