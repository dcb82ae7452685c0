#pragma once

#include "query.h"

namespace heddle::dns {

/** What an answer of our own repeats of the query. */
struct ReplyTo {
	uint16_t id = 0, flags = 0;
	bool hasOpt = false;
	/** May be empty. */
	std::string_view question;
};

/** Extended DNS errors (RFC 8914), told to who speaks EDNS. */
constexpr uint16_t kNoDetail = 0xffff, kProhibited = 18;

std::string replyOf(const ReplyTo& query, Rcode rcode, uint16_t extendedError = kNoDetail);

}  // namespace heddle::dns
