#pragma once

#include <cstdint>
#include <string_view>

#include "address.h"

namespace heddle::l7 {

/** What is told of each request, and of each response to one that was allowed. Views are good during the call alone. */
struct AccessRecord {
	enum class Kind : uint8_t { Request, Response };

	Kind kind = Kind::Request;
	/** The request was not forwarded. */
	bool denied = false;
	/** A header was not as a rule expects, and the rule lets that pass. */
	bool mismatched = false;
	/** What the client was told; of an allowed request 0. */
	uint16_t status = 0;
	/** Nanoseconds since 1970. */
	uint64_t time = 0;
	uint64_t connection = 0;
	/** From the whole head of the request to the whole head of the response. */
	uint64_t latencyNs = 0;
	Address client, destination;
	/** Of TLS: no method, and the server's name in the place of a URL. */
	std::string_view method, url, protocol;
	/** Why it was denied; empty otherwise. */
	std::string_view reason;
	/** Lines of the request's headers that were asked for, each ended by CR LF. */
	std::string_view headers;
};

}  // namespace heddle::l7
