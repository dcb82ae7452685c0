#pragma once

#include <sys/uio.h>

#include <string>

#include "body_reader.h"
#include "buffer.h"
#include "pipe_pool.h"
#include "socket.h"

namespace heddle::l7 {

enum class Moved { Some, Nothing, Ended, Failed };

/** One direction of a connection. */
struct Stream {
	explicit Stream(BlockPool& pool) : in(pool) {}

	/** Goes out before anything of `in`. */
	std::string out;
	size_t outSent = 0;
	/** What was read. Its first `ready` bytes were judged and may go out. */
	Buffer in;
	size_t ready = 0;
	BodyReader body;
	Pipe pipe;
	size_t piped = 0;
	/** To be sent at the end of the round; `isLast`: the end of the connection follows at once. */
	bool isPosted = false, isLast = false;
	/** Of what was posted; until it is asked for. */
	Moved outcome = Moved::Nothing;

	bool isFlushed() const { return outSent == out.size() && ready == 0 && piped == 0; }
	/** Of the body, or of its last part, which the pipe still holds. */
	bool hasMore() const { return !body.isDone() || piped > 0; }
	std::string_view unjudged() const { return in.view().substr(ready); }
	void judged(size_t bytes) { ready += bytes; }
	/** `out` and what is ready of `in`; returns the bytes of both. */
	size_t pending(iovec (&parts)[2]) const;
};

/** Reads once into `stream.in`, which grows up to `most` bytes. */
Moved fill(Socket& from, Stream& stream, size_t most);

/**
 * Posts `out` and what is ready of `in`. What became of the former posting: Failed also where the peer does not read any
 * more. `last`: the end of the connection follows at once, and leaves in the same segment.
 */
Moved flush(Socket& to, Stream& stream, bool last = false);

/** `length`: how many of the `posted` bytes were sent, or a negative errno. */
void settle(Socket& to, Stream& stream, size_t posted, ssize_t length);

/** Moves up to `most` bytes of the body without looking at them. Only while `in` and `out` are empty, the pipe open. */
Moved spliceThrough(Socket& from, Socket& to, Stream& stream, uint64_t most, uint64_t& taken);

}  // namespace heddle::l7
