#pragma once

#include <napi.h>

#include <string>
#include <vector>

#include "l7/limits.h"
#include "l7/rule.h"

namespace heddle {

// Each reads a part of the proxy's arguments, or throws naming it and returns false.

/** What is absent stays as it is. */
bool readLimits(Napi::Value value, l7::Limits& limits);
bool readRules(Napi::Env env, Napi::Value value, std::vector<l7::RuleSpec>& rules);
bool readStrings(Napi::Env env, Napi::Value value, const std::string& name, std::vector<std::string>& out);

}  // namespace heddle
