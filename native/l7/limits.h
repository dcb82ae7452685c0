#pragma once

#include <cstddef>
#include <cstdint>

namespace heddle::l7 {

/** What a connection may cost. Sizes in bytes, times in milliseconds; 0 for a time: none. */
struct Limits {
	/** Method, target and version, without the line's end. */
	size_t requestLine = 16 << 10;
	/** A whole head, request or response; trailers too. */
	size_t head = 64 << 10;
	size_t headerCount = 100;
	/** Of a denied request, read and thrown away so that the connection can be kept; more closes it. */
	size_t discardedBody = 256 << 10;
	/** From the first byte of a head to its last, however steadily they come. */
	uint32_t headTimeout = 10'000;
	/** Between requests. */
	uint32_t idleTimeout = 75'000;
	uint32_t connectTimeout = 10'000;
	/** In each such time a body must move `bodyRate` bytes a second, either way. */
	uint32_t bodyTimeout = 30'000;
	uint32_t bodyRate = 64;
	/** From the end of the request to the head of its response. */
	uint32_t responseTimeout = 300'000;
	/** A connection to a server, without a client: the same client's next one takes it over. 0: it ends with its client. */
	uint32_t upstreamIdle = 4'000;
	/** A tunnel without a byte either way. */
	uint32_t tunnelTimeout = 3'600'000;
	/** After an answer that ends the connection: for the client to read it. */
	uint32_t lingerTimeout = 2'000;
	uint32_t connections = 100'000;
	uint32_t connectionsPerClient = 10'000;
};

}  // namespace heddle::l7
