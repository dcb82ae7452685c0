#pragma once

#include <string>

namespace heddle {

/** Sends libbpf's messages of this thread into a small buffer instead of to stderr. */
void captureLibbpfLog();
/** The last warning since captureLibbpfLog(), without prefix and newline; may be empty. */
std::string lastLibbpfWarning();

}  // namespace heddle
