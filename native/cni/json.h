#pragma once

// Without exceptions: whoever parses asks whether it is discarded, whoever reads a value asks for its type before.
#define JSON_NOEXCEPTION 1
#include <nlohmann/json.hpp>

namespace heddle::cni {

using Json = nlohmann::json;

}  // namespace heddle::cni
