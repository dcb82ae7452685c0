#pragma once

#include <string>
#include <string_view>

#include "refusal.h"

namespace heddle::l7 {

/** Name or address, with a port or not: no user, no path, no list. */
bool isAuthority(std::string_view text);

/** Name without its port; brackets stay. */
std::string_view hostOf(std::string_view authority);
/** Empty: none. */
std::string_view portOf(std::string_view authority);

/**
 * All four forms of a request target (RFC 9112, 3.2), into the form that is judged and forwarded: `path` gets a normalised
 * path and query, `*` of OPTIONS, or the authority of CONNECT. An absolute form must name the same host as `host`.
 */
Refusal judgeTarget(std::string_view method, std::string_view target, std::string_view host, std::string& path);

}  // namespace heddle::l7
