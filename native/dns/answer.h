#pragma once

#include <vector>

#include "l7/address.h"
#include "name.h"
#include "wire.h"

namespace heddle::dns {

/** An address of the name that was asked for. */
struct Found {
	/** Without port. */
	l7::Address address;
	/** Seconds: the shortest of its record and the CNAMEs that lead to it. */
	uint32_t ttl = 0;
};

/** What an answer says of the name that was asked for. */
struct Answer {
	Rcode rcode = kNoError;
	/** Of the records that follow from the question's name; others count for nothing. */
	std::vector<Found> found;
	std::vector<Name> cnames;
	/** Of all records of the answer section. */
	std::vector<uint16_t> types;
	/** The shortest of `found`; without any 0. */
	uint32_t ttl = 0;
};

/** It answers this question: a response to QUERY that repeats it byte for byte. */
bool echoes(std::string_view message, std::string_view question);

/**
 * Every record of every section has to be whole and nothing may follow the last. false: `answer` is not to be used.
 * `message` echoes `question`.
 */
bool readAnswer(std::string_view message, std::string_view question, Answer& answer);

}  // namespace heddle::dns
