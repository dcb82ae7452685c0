#pragma once

#include <string>

#include "status.h"

namespace heddle {

/** Mounts bpffs on `path` (made when missing) unless the path is on one already. */
Status ensureBpffs(const std::string& path, bool& mounted);

}  // namespace heddle
