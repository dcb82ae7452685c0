#pragma once

#include <napi.h>

#include <string>
#include <vector>

#include "dns/limits.h"
#include "dns/rule_set.h"

namespace heddle {

// Each reads a part of the proxy's arguments, or throws naming it and returns false.

/** What is absent stays as it is. */
bool readDnsLimits(Napi::Value value, dns::Limits& limits);
bool readDnsRules(Napi::Env env, Napi::Value value, std::vector<dns::RuleSpec>& rules);
bool readPort(Napi::Env env, Napi::Value value, uint32_t& port);
bool readTicket(Napi::Env env, Napi::Value value, uint64_t& ticket);

}  // namespace heddle
