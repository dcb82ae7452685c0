#pragma once

#include <cstddef>
#include <cstdint>

namespace heddle::dns {

/** What queries may cost. Sizes in bytes, times in milliseconds. */
struct Limits {
	/** A query; longer ones are malformed. */
	size_t query = 4096;
	/** Under way, in all and of one client address of a network; more are told SERVFAIL. */
	uint32_t queries = 50'000;
	uint32_t queriesPerClient = 5'000;
	/** From the query to its answer from the server; then SERVFAIL. */
	uint32_t queryTimeout = 4'000;
	/** How long an answer waits for the learner; then SERVFAIL. */
	uint32_t learnTimeout = 2'000;
	/** Bytes of answers that wait for the learner; further ones are told as SERVFAIL. */
	size_t held = 64 << 20;
	/** Sockets towards servers, TCP too; when there are more, a query is told SERVFAIL. */
	uint32_t sockets = 10'000;
	/** A UDP socket without a query under way. */
	uint32_t socketIdle = 10'000;
	/** After so many queries a UDP socket is replaced: its port would be known too long. */
	uint32_t queriesPerSocket = 4'096;
	/** Answers that fit no query, before a UDP socket is replaced: somebody may be guessing. */
	uint32_t mismatchesPerSocket = 32;
	/** TCP connections of clients, in all and of one. */
	uint32_t connections = 10'000;
	uint32_t connectionsPerClient = 200;
	/** A TCP connection without a whole query, or whose client does not read. */
	uint32_t connectionIdle = 30'000;
	/** Queries of one TCP connection under way; more wait in the connection. */
	uint32_t pipelined = 128;
	/** Names that are known to have been learned, of each thread. */
	uint32_t knownNames = 50'000;
	/** Shortest time that an address is learned for, seconds: a TTL of 0 has to suffice for a connection. */
	uint32_t shortestTtl = 5;
};

}  // namespace heddle::dns
