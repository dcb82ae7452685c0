#pragma once

#include <string>

namespace heddle {

/** One line: what the verifier said last, at which instruction and source line. */
std::string summarizeVerifierLog(const std::string& log);

}  // namespace heddle
