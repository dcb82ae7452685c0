#pragma once

#include <string>
#include <string_view>

#include "refusal.h"

namespace heddle::l7 {

/**
 * The one form of a path and query that rules are matched on and that is forwarded, appended to `out`:
 *  - percent-encoded unreserved characters (letters, digits, `-._~`) are decoded, once; other escapes get capital digits;
 *  - runs of `/` become one; `.` and `..` segments are resolved;
 *  - the query stays as it is.
 * Refused, since servers read them in different ways: `%2f`, `%5c`, `\`, escaped control characters, broken escapes,
 * `..` above the root, `.;` and `..;` segments, a fragment, what is not ASCII. In the query: broken escapes and `%00`.
 */
Refusal normalisePath(std::string_view target, std::string& out);

}  // namespace heddle::l7
