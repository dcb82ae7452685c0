#pragma once

#include <string>

#include "deadline.h"

namespace heddle::cni {

enum class Read { Whole, TooLong, Failed };

/** All until the end; errno where it failed. */
Read readAll(int fd, size_t longest, const Deadline& deadline, std::string& text);
/** All of it; errno where it failed. */
bool writeAll(int fd, const std::string& text, const Deadline& deadline);

}  // namespace heddle::cni
