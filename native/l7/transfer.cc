#include "transfer.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

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

/** One of the two may be empty. */
static ssize_t send(int fd, iovec (&parts)[2], int flags) {
	const iovec& only = parts[0].iov_len ? parts[0] : parts[1];
	if (parts[0].iov_len == 0 || parts[1].iov_len == 0) return ::send(fd, only.iov_base, only.iov_len, flags);
	msghdr message = {};
	message.msg_iov = parts;
	message.msg_iovlen = 2;
	return sendmsg(fd, &message, flags);
}

Moved flush(Socket& to, Stream& stream, bool last) {
	iovec parts[2] = {{stream.out.data() + stream.outSent, stream.out.size() - stream.outSent},
		{const_cast<char*>(stream.in.view().data()), stream.ready}};
	size_t total = parts[0].iov_len + parts[1].iov_len;
	if (total == 0 || !to.writable || to.failed) return Moved::Nothing;
	ssize_t length = send(to.fd, parts, MSG_NOSIGNAL | (last ? MSG_MORE : 0));
	if (length > 0) sent(stream, static_cast<size_t>(length));
	if (length > 0 && static_cast<size_t>(length) < total) to.writable = false;
	Moved moved = afterWrite(to, length);
	stream.in.releaseIfEmpty();
	return moved;
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
