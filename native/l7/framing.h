#pragma once

#include <vector>

#include "fields.h"

namespace heddle::l7 {

enum class BodyKind : uint8_t { None, Length, Chunked, UntilClose };

struct Framing {
	BodyKind kind = BodyKind::None;
	uint64_t length = 0;
};

/**
 * Where the body ends, by Content-Length or Transfer-Encoding: never both, neither of them twice, `chunked` alone.
 * Without either: `otherwise`. Faults are answered with `status`; unknown codings of requests with 501.
 */
Refusal findFraming(const std::vector<Field>& fields, bool http11, BodyKind otherwise, uint16_t status, Framing& framing);

}  // namespace heddle::l7
