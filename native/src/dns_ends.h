#pragma once

#include "dns_record_layout.h"

namespace heddle {

inline size_t wholeWords(size_t length) { return (length + 7) & ~size_t{7}; }

PackedDnsEnds packEnds(const dns::ClientInfo& info, const l7::PolicyAnswer& answer);
/** Returns the place behind them. */
uint8_t* packAddresses(const dns::Found* found, size_t count, uint8_t* out);

}  // namespace heddle
