#pragma once

#include <string>

namespace heddle::l7 {

/** For this process: `setup`, as the usual profile of a container does, or `enter`. false: errno says why. */
bool forbidIoUring(const std::string& call);

}  // namespace heddle::l7
