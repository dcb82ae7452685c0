#include "verifier_log.h"

#include <cctype>
#include <cstring>
#include <vector>

namespace heddle {

constexpr const char* kReport = "Verification failed: ";

static std::vector<std::string> splitLines(const std::string& text) {
	std::vector<std::string> lines;
	size_t start = 0;
	while (start < text.size()) {
		size_t end = text.find('\n', start);
		if (end == std::string::npos) end = text.size();
		if (end > start) lines.push_back(text.substr(start, end - start));
		start = end + 1;
	}
	return lines;
}

static bool startsWith(const std::string& line, const char* prefix) { return line.rfind(prefix, 0) == 0; }

/** `12: (71) r1 = *(u8 *)(r1 +20)` */
static bool isInstruction(const std::string& line) {
	size_t i = 0;
	while (i < line.size() && isdigit(static_cast<unsigned char>(line[i]))) i++;
	return i > 0 && line.compare(i, 3, ": (") == 0;
}

static bool isStatistics(const std::string& line) {
	return startsWith(line, "processed ") || startsWith(line, "max_states_per_insn") || startsWith(line, "verification time") ||
		startsWith(line, "stack depth") || startsWith(line, "mark_precise") || startsWith(line, "arg#");
}

static std::string trimmed(const std::string& text) {
	size_t start = text.find_first_not_of(" \t");
	size_t end = text.find_last_not_of(" \t");
	return start == std::string::npos ? "" : text.substr(start, end - start + 1);
}

std::string summarizeVerifierLog(const std::string& log) {
	std::string kind, reason, instruction, source;
	for (const std::string& line : splitLines(log)) {
		// Newer kernels explain at length after this line; what went wrong stands before it.
		if (startsWith(line, kReport)) {
			kind = trimmed(line.substr(strlen(kReport)));
			break;
		}
		// Source lines look like `; data[20] == 6 @ file.c:12`; states after `;` inside an instruction are no source.
		if (startsWith(line, "; ")) source = trimmed(line.substr(2));
		else if (isInstruction(line)) instruction = trimmed(line.substr(0, line.find(';')));
		else if (!isStatistics(line)) reason = trimmed(line);
	}
	if (!kind.empty()) reason = reason.empty() ? kind : kind + ": " + reason;
	if (reason.empty()) reason = "rejected without a reason";
	if (!instruction.empty()) reason += " at instruction " + instruction;
	if (!source.empty()) reason += " (" + source + ")";
	return reason;
}

}  // namespace heddle
