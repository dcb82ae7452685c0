#include "send_batch.h"

#include <algorithm>
#include <cerrno>

namespace heddle::l7 {

static constexpr unsigned kEntries = 64;

SendBatch::SendBatch() {
	ring_.emplace();
	if (io_uring_queue_init(kEntries, &*ring_, 0) == 0) io_uring_ring_dontfork(&*ring_);
	else ring_.reset();
}

SendBatch::~SendBatch() { giveUpRing(); }

void SendBatch::giveUpRing() {
	if (ring_) io_uring_queue_exit(&*ring_);
	ring_.reset();
}

void SendBatch::add(Socket& to, Stream& stream) {
	if (!to.isOpen() || !to.writable || to.failed) return;
	Posting posting = {};
	posting.to = &to;
	posting.stream = &stream;
	posting.length = stream.pending(posting.parts);
	if (posting.length > 0) postings_.push_back(posting);
}

static int flagsOf(const Stream& stream) { return MSG_NOSIGNAL | MSG_DONTWAIT | (stream.isLast ? MSG_MORE : 0); }

void SendBatch::sendOne(Posting& posting) {
	int fd = posting.to->fd, flags = flagsOf(*posting.stream);
	const iovec* parts = posting.message.msg_iov;
	bool whole = posting.message.msg_iovlen == 1;
	ssize_t length = whole ? ::send(fd, parts->iov_base, parts->iov_len, flags) : sendmsg(fd, &posting.message, flags);
	settle(*posting.to, *posting.stream, posting.length, length < 0 ? -errno : length);
	posting.settled = true;
}

void SendBatch::prepare(size_t index) {
	Posting& posting = postings_[index];
	io_uring_sqe* entry = io_uring_get_sqe(&*ring_);
	int fd = posting.to->fd, flags = flagsOf(*posting.stream);
	const iovec* parts = posting.message.msg_iov;
	if (posting.message.msg_iovlen == 1) io_uring_prep_send(entry, fd, parts->iov_base, parts->iov_len, flags);
	else io_uring_prep_sendmsg(entry, fd, &posting.message, static_cast<unsigned>(flags));
	io_uring_sqe_set_data64(entry, index);
}

/** None of them waits: every one that the kernel takes is done when the call returns. */
void SendBatch::sendTogether(size_t first, unsigned count) {
	for (unsigned i = 0; i < count; i++) prepare(first + i);
	io_uring_submit_and_wait(&*ring_, count);
	unsigned head, done = 0;
	io_uring_cqe* result;
	io_uring_for_each_cqe(&*ring_, head, result) {
		Posting& posting = postings_[result->user_data];
		settle(*posting.to, *posting.stream, posting.length, result->res);
		posting.settled = true;
		done++;
	}
	io_uring_cq_advance(&*ring_, done);
	// Out of memory, for one: what it has not taken, it shall not take later.
	if (done < count) giveUpRing();
}

void SendBatch::send() {
	for (Posting& each : postings_) {
		bool both = each.parts[0].iov_len > 0 && each.parts[1].iov_len > 0;
		each.message.msg_iov = each.parts[0].iov_len > 0 ? each.parts : each.parts + 1;
		each.message.msg_iovlen = both ? 2 : 1;
	}
	for (size_t first = 0; ring_ && postings_.size() > 1 && first < postings_.size(); first += kEntries)
		sendTogether(first, static_cast<unsigned>(std::min<size_t>(kEntries, postings_.size() - first)));
	for (Posting& each : postings_)
		if (!each.settled) sendOne(each);
	postings_.clear();
}

}  // namespace heddle::l7
