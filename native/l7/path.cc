#include "path.h"

#include "characters.h"

namespace heddle::l7 {

static bool isEscape(std::string_view text, size_t at) {
	return at + 2 < text.size() && is(text[at + 1], kHexDigit) && is(text[at + 2], kHexDigit);
}

static char unescaped(std::string_view text, size_t at) {
	return static_cast<char>(hexValue(text[at + 1]) << 4 | hexValue(text[at + 2]));
}

static char upper(char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c & ~0x20) : c; }

static const char* faultOfEscape(char c) {
	if (c == '/' || c == '\\') return "a path with an escaped slash";
	uint8_t code = static_cast<uint8_t>(c);
	return code < 0x20 || code == 0x7f ? "a path with an escaped control character" : nullptr;
}

/** A segment that some servers take for `.` or `..` after they have cut its parameters. */
static bool isDotWithParameters(std::string_view segment) {
	size_t dots = segment.find_first_not_of('.');
	if (dots == std::string_view::npos || dots == 0 || dots > 2) return false;
	return segment[dots] == ';' || segment.substr(dots, 3) == "%3B";
}

/** The segment that begins at `start` of `out` is whole. `last`: no slash follows. */
static const char* endSegment(std::string& out, size_t base, size_t start, bool last) {
	std::string_view segment = std::string_view(out).substr(start);
	if (isDotWithParameters(segment)) return "a dot segment with parameters";
	if (segment == ".") {
		out.resize(start);
	} else if (segment == "..") {
		if (start == base + 1) return "a path above the root";
		out.resize(out.rfind('/', start - 2) + 1);
	} else if (!segment.empty() && !last) {
		out += '/';
	}
	return nullptr;
}

static const char* normaliseSegments(std::string_view path, std::string& out) {
	size_t base = out.size(), start = base + 1;
	out += '/';
	for (size_t i = 1; i < path.size(); i++) {
		char c = path[i];
		if (!is(c, kPathCharacter)) return "a path with characters that no path has";
		if (c == '/') {
			if (const char* fault = endSegment(out, base, start, false)) return fault;
			start = out.size();
		} else if (c != '%') {
			out += c;
		} else {
			if (!isEscape(path, i)) return "a broken percent-encoding";
			char decoded = unescaped(path, i);
			if (const char* fault = faultOfEscape(decoded)) return fault;
			if (is(decoded, kUnreserved)) out += decoded;
			else (out += '%') += upper(path[i + 1]), out += upper(path[i + 2]);
			i += 2;
		}
	}
	return endSegment(out, base, start, true);
}

static const char* faultOfQuery(std::string_view query) {
	if (!all(query, kQueryCharacter)) return "a query with characters that no query has";
	for (size_t i = query.find('%'); i != std::string_view::npos; i = query.find('%', i + 3)) {
		if (!isEscape(query, i)) return "a broken percent-encoding";
		if (unescaped(query, i) == 0) return "an escaped NUL";
	}
	return nullptr;
}

Refusal normalisePath(std::string_view target, std::string& out) {
	size_t mark = target.find('?');
	std::string_view path = target.substr(0, mark);
	if (path.empty() || path.front() != '/') return badRequest("a target that does not begin with a slash");
	if (const char* fault = normaliseSegments(path, out)) return badRequest(fault);
	if (mark == std::string_view::npos) return {};
	if (const char* fault = faultOfQuery(target.substr(mark))) return badRequest(fault);
	out.append(target.substr(mark));
	return {};
}

}  // namespace heddle::l7
