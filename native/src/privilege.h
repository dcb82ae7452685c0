#pragma once

#include <string>

namespace heddle {

/** Empty when all is there, else one line naming what is missing. */
std::string missingPrivilege();

}  // namespace heddle
