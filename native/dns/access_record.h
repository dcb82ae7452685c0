#pragma once

#include <string_view>
#include <vector>

#include "answer.h"

namespace heddle::dns {

enum class Verdict : uint8_t {
	Forwarded,
	/** No rule allows the name. */
	Denied,
	/** Answered by the proxy for another reason, which `reason` tells. */
	Error,
};

/** What is told of each query that could be read, and of the response to it. Good during the call. */
struct AccessRecord {
	enum class Kind : uint8_t { Request, Response };

	Kind kind = Kind::Request;
	Verdict verdict = Verdict::Forwarded;
	/** What the client was told; of a request 0, unless it was denied. */
	uint8_t rcode = 0;
	uint16_t type = 0;
	/** Nanoseconds since 1970. */
	uint64_t time = 0;
	/** From the query to its answer; the learner's part included. */
	uint64_t latencyNs = 0;
	/** `www.example.com.` as it was asked. */
	std::string_view name;
	/** What the server said; nullptr: nothing, or nothing that could be read. */
	const Answer* answer = nullptr;
	/** Why the proxy answered itself; empty otherwise. */
	std::string_view reason;
};

}  // namespace heddle::dns
