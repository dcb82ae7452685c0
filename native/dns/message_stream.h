#pragma once

#include <string>
#include <string_view>

#include "l7/socket.h"

namespace heddle::dns {

/** A TCP connection of messages with their length before them. Edge-triggered: it reads and writes until it would wait. */
class MessageStream {
public:
	enum class Got : uint8_t { Message, Nothing, End, Failed };

	explicit MessageStream(int fd) { socket_.fd = fd; }
	void noteEvents(uint32_t events) { socket_.noteEvents(events); }
	/** The next whole message, good until the next call. Failed: the connection, or a length that is none. */
	Got next(size_t longest, std::string_view& message);
	/** Under another id. An error shows as an end of the connection, later. */
	void put(std::string_view message, uint16_t id);
	void flush();
	/** It will show as an end of the connection. */
	void breakOff();
	/** Bytes that were put and not sent. */
	size_t pending() const { return out_.size() - sent_; }
	void reset() { socket_.reset(); }
	/** Closes without a reset. */
	void finish() { socket_.close(); }

private:
	enum class Filled : uint8_t { More, Nothing, End, Failed };

	Filled fill();

	l7::Socket socket_;
	std::string in_, out_;
	size_t taken_ = 0, sent_ = 0;
};

}  // namespace heddle::dns
