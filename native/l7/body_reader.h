#pragma once

#include <string_view>

#include "framing.h"
#include "limits.h"

namespace heddle::l7 {

/** Finds the end of a body in bytes as they come, and refuses framing that others might read otherwise. */
class BodyReader {
public:
	void begin(const Framing& framing);
	/**
	 * How many bytes of the front of `text` belong to the body and may go on. Fewer than there are: the body is at its end,
	 * or a line is not whole yet. Call again with what was not taken.
	 */
	size_t take(std::string_view text, const Limits& limits, Refusal& refusal);
	bool isDone() const { return state_ == State::Done; }
	/** Bytes that follow for certain and need no look: for splice. */
	uint64_t plainBytes() const { return state_ == State::Plain || state_ == State::Data ? left_ : 0; }
	void skip(uint64_t bytes);
	/** Until the connection's end. */
	bool isUntilClose() const { return state_ == State::UntilClose; }
	void end() { state_ = State::Done; }

private:
	enum class State : uint8_t { Done, Plain, UntilClose, Size, Data, DataEnd, Trailers };

	size_t takeLine(std::string_view text, const Limits& limits, Refusal& refusal);
	size_t takeTrailers(std::string_view text, const Limits& limits, Refusal& refusal);
	size_t takeOnce(std::string_view text, const Limits& limits, Refusal& refusal);

	State state_ = State::Done;
	uint64_t left_ = 0;
};

}  // namespace heddle::l7
