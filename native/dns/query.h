#pragma once

#include "name.h"
#include "wire.h"

namespace heddle::dns {

/** What a client asks. */
struct Query {
	uint16_t id = 0, flags = 0;
	Name name;
	uint16_t type = 0, queryClass = 0;
	/** EDNS. */
	bool hasOpt = false;
	/** Name, type and class, as they came; empty where they could not be read. */
	std::string_view question;
};

enum class QueryFault : uint8_t {
	None,
	/** Too short to be answered, or itself an answer. */
	Dropped,
	FormErr,
	/** Other than QUERY, or a zone transfer: its answer tells of other names than the one that was judged. */
	NotImp,
};

/**
 * Exactly one question, whose name has no pointers; of records only additional ones (EDNS, TSIG), one OPT at most; and
 * nothing behind them. On a fault `id`, `flags` and what could be read of the question are set.
 */
QueryFault readQuery(std::string_view message, Query& query);

}  // namespace heddle::dns
