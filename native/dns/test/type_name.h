#pragma once

#include <cstdint>
#include <string>

namespace heddle::dns {

/** `AAAA`; of one that has no name here `TYPE65280` (RFC 3597). */
std::string typeName(uint16_t type);

}  // namespace heddle::dns
