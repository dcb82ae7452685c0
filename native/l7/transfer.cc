#include "transfer.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace heddle::l7 {

static Moved afterRead(Socket& from, ssize_t length) {
	if (length > 0) return Moved::Some;
	if (length == 0) return from.ended = true, from.readable = false, Moved::Ended;
	if (errno == EINTR) return Moved::Some;
	from.readable = false;
	if (errno == EAGAIN) return Moved::Nothing;
	return from.failed = true, Moved::Failed;
}

Moved fill(Socket& from, Stream& stream, size_t most) {
	if (!from.readable || from.ended || from.failed) return Moved::Nothing;
	size_t room;
	char* where = stream.in.room(most, room);
	if (!where) return Moved::Nothing;
	ssize_t length = recv(from.fd, where, room, 0);
	if (length > 0) stream.in.added(static_cast<size_t>(length));
	// Less than there was room for: nothing is left, and the next byte is a change that epoll tells of.
	if (length > 0 && static_cast<size_t>(length) < room && !from.ending) from.readable = false;
	Moved moved = afterRead(from, length);
	stream.in.releaseIfEmpty();
	return moved;
}

static void sent(Stream& stream, size_t length) {
	size_t ofOut = std::min(length, stream.out.size() - stream.outSent);
	stream.outSent += ofOut;
	if (stream.outSent == stream.out.size()) stream.out.clear(), stream.outSent = 0;
	stream.ready -= length - ofOut;
	stream.in.consume(length - ofOut);
}

static Moved afterWrite(Socket& to, ssize_t length) {
	if (length > 0 || (length < 0 && errno == EINTR)) return Moved::Some;
	to.writable = false;
	if (length == 0 || errno == EAGAIN) return Moved::Nothing;
	return to.failed = true, Moved::Failed;
}

size_t Stream::pending(iovec (&parts)[2]) const {
	parts[0] = {const_cast<char*>(out.data()) + outSent, out.size() - outSent};
	parts[1] = {const_cast<char*>(in.view().data()), ready};
	return parts[0].iov_len + parts[1].iov_len;
}

Moved flush(Socket& to, Stream& stream, bool last) {
	iovec parts[2];
	if (to.writable && !to.failed && stream.pending(parts) > 0) {
		stream.isPosted = true;
		stream.isLast = last;
	}
	return std::exchange(stream.outcome, Moved::Nothing);
}

void settle(Socket& to, Stream& stream, size_t posted, ssize_t length) {
	if (length < 0) errno = static_cast<int>(-length);
	if (length > 0) sent(stream, static_cast<size_t>(length));
	if (length > 0 && static_cast<size_t>(length) < posted) to.writable = false;
	stream.outcome = afterWrite(to, length);
	stream.in.releaseIfEmpty();
}

static Moved drainPipe(Socket& to, Stream& stream) {
	if (stream.piped == 0 || !to.writable || to.failed) return Moved::Nothing;
	ssize_t length = splice(stream.pipe.read, nullptr, to.fd, nullptr, stream.piped, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	if (length > 0) stream.piped -= static_cast<size_t>(length);
	return afterWrite(to, length);
}

Moved spliceThrough(Socket& from, Socket& to, Stream& stream, uint64_t most, uint64_t& taken) {
	taken = 0;
	if (stream.piped > 0) return drainPipe(to, stream);
	if (!from.readable || from.ended || from.failed || most == 0) return Moved::Nothing;
	size_t length = static_cast<size_t>(std::min<uint64_t>(most, PipePool::kPipe));
	ssize_t moved = splice(from.fd, nullptr, stream.pipe.write, nullptr, length, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	if (moved > 0) taken = stream.piped = static_cast<size_t>(moved);
	Moved result = afterRead(from, moved);
	if (result == Moved::Some) drainPipe(to, stream);
	return result;
}

}  // namespace heddle::l7
