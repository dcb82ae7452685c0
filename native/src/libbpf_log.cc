#include "libbpf_log.h"

#include <bpf/libbpf.h>

#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace heddle {

// libbpf's print function is one per process and has no context argument: a buffer per thread is the way to the caller.
static thread_local char lastWarning[512];

static int keepWarning(enum libbpf_print_level level, const char* format, va_list arguments) {
	if (level != LIBBPF_WARN) return 0;
	char line[sizeof(lastWarning)];
	int length = vsnprintf(line, sizeof(line), format, arguments);
	// The verifier log comes as one more warning; it is kept whole elsewhere.
	if (length > 0 && !strstr(line, "BEGIN PROG LOAD LOG") && !strstr(line, "failed to load object") &&
		!strstr(line, "failed to load: "))
		memcpy(lastWarning, line, sizeof(line));
	return length;
}

void captureLibbpfLog() {
	lastWarning[0] = 0;
	libbpf_set_print(keepWarning);
}

std::string lastLibbpfWarning() {
	std::string text = lastWarning;
	if (text.rfind("libbpf: ", 0) == 0) text.erase(0, 8);
	while (!text.empty() && text.back() == '\n') text.pop_back();
	return text;
}

}  // namespace heddle
