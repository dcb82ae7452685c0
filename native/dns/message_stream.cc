#include "message_stream.h"

#include <sys/socket.h>

#include <cerrno>

#include "wire.h"

namespace heddle::dns {

static constexpr size_t kChunk = 16 << 10;

MessageStream::Filled MessageStream::fill() {
	if (!socket_.readable) return Filled::Nothing;
	in_.erase(0, taken_);
	taken_ = 0;
	size_t kept = in_.size();
	in_.resize(kept + kChunk);
	ssize_t length = recv(socket_.fd, &in_[kept], kChunk, 0);
	in_.resize(kept + (length > 0 ? static_cast<size_t>(length) : 0));
	if (length > 0) return Filled::More;
	if (length == 0) return Filled::End;
	if (errno == EINTR) return Filled::More;
	if (errno != EAGAIN) return Filled::Failed;
	socket_.readable = false;
	return Filled::Nothing;
}

MessageStream::Got MessageStream::next(size_t longest, std::string_view& message) {
	for (;;) {
		std::string_view rest = std::string_view(in_).substr(taken_);
		size_t length = rest.size() >= 2 ? get16(rest, 0) : 0;
		if (rest.size() >= 2 && (length < kHeader || length > longest)) return Got::Failed;
		if (rest.size() >= 2 && rest.size() >= length + 2) {
			taken_ += length + 2;
			message = rest.substr(2, length);
			return Got::Message;
		}
		Filled filled = fill();
		if (filled == Filled::Nothing) return Got::Nothing;
		if (filled != Filled::More) return filled == Filled::End ? Got::End : Got::Failed;
	}
}

void MessageStream::put(std::string_view message, uint16_t id) {
	put16(out_, static_cast<uint16_t>(message.size()));
	appendWithId(out_, message, id);
	flush();
}

void MessageStream::breakOff() { shutdown(socket_.fd, SHUT_RDWR); }

void MessageStream::flush() {
	while (socket_.writable && pending() > 0) {
		ssize_t length = send(socket_.fd, out_.data() + sent_, pending(), MSG_NOSIGNAL);
		if (length > 0) {
			sent_ += static_cast<size_t>(length);
		} else if (errno != EINTR) {
			socket_.writable = false;
			if (errno != EAGAIN) breakOff();
		}
	}
	if (pending() > 0 && sent_ < kChunk) return;
	out_.erase(0, sent_);
	sent_ = 0;
}

}  // namespace heddle::dns
