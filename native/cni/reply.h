#pragma once

#include <optional>
#include <string>

#include "answer.h"

namespace heddle::cni {

/**
 * The agent's answer out of its HTTP response: with status 200 a result, or nothing; otherwise an error of CNI's form.
 * None: it is cut short, or neither of these.
 */
std::optional<Answer> parseReply(const std::string& response);

}  // namespace heddle::cni
