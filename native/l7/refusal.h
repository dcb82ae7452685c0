#pragma once

#include <cstdint>

namespace heddle::l7 {

/** Why a head or a body is not forwarded; `status` is what the client is told, 0: nothing is wrong. */
struct Refusal {
	uint16_t status = 0;
	const char* reason = "";

	explicit operator bool() const { return status != 0; }
};

inline Refusal badRequest(const char* reason) { return {400, reason}; }
inline Refusal badGateway(const char* reason) { return {502, reason}; }

}  // namespace heddle::l7
