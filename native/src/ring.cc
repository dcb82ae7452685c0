#include "ring.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace heddle {

static size_t pageSize() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

Status Ring::open(int mapFd, uint32_t size) {
	void* consumer = mmap(nullptr, pageSize(), PROT_READ | PROT_WRITE, MAP_SHARED, mapFd, 0);
	if (consumer == MAP_FAILED) return Status::system(errno, "mmap", "ring buffer");
	consumer_ = static_cast<uint64_t*>(consumer);
	// The kernel maps the data twice in a row: a record is never broken at the end.
	producerLength_ = pageSize() + 2 * size_t{size};
	void* producer = mmap(nullptr, producerLength_, PROT_READ, MAP_SHARED, mapFd, static_cast<off_t>(pageSize()));
	if (producer == MAP_FAILED) {
		int error = errno;
		close();
		return Status::system(error, "mmap", "ring buffer");
	}
	producer_ = static_cast<uint64_t*>(producer);
	data_ = static_cast<uint8_t*>(producer) + pageSize();
	mask_ = size - 1;
	// The guardian process must not keep the map alive.
	madvise(consumer, pageSize(), MADV_DONTFORK);
	madvise(producer, producerLength_, MADV_DONTFORK);
	return Status::success();
}

void Ring::close() {
	if (consumer_) munmap(consumer_, pageSize());
	if (producer_) munmap(producer_, producerLength_);
	consumer_ = producer_ = nullptr;
}

uint64_t Ring::producerPosition() const { return __atomic_load_n(producer_, __ATOMIC_ACQUIRE); }

bool Ring::isEmpty() const { return __atomic_load_n(consumer_, __ATOMIC_RELAXED) >= producerPosition(); }

static void copyRecord(uint8_t* out, const uint8_t* record, size_t length, size_t recordSize) {
	size_t copied = std::min(length, recordSize);
	memcpy(out, record, copied);
	if (copied < recordSize) memset(out + copied, 0, recordSize - copied);
}

size_t Ring::read(uint8_t* out, size_t capacity, size_t recordSize, uint64_t limit) {
	uint64_t position = __atomic_load_n(consumer_, __ATOMIC_RELAXED);
	uint64_t end = std::min(producerPosition(), limit);
	size_t count = 0;
	while (position < end && count < capacity) {
		const uint8_t* record = data_ + (position & mask_);
		uint32_t header = __atomic_load_n(reinterpret_cast<const uint32_t*>(record), __ATOMIC_ACQUIRE);
		if (header & BPF_RINGBUF_BUSY_BIT) break;
		size_t length = header & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
		if (!(header & BPF_RINGBUF_DISCARD_BIT))
			copyRecord(out + count++ * recordSize, record + BPF_RINGBUF_HDR_SZ, length, recordSize);
		position += (length + BPF_RINGBUF_HDR_SZ + 7) & ~size_t{7};
	}
	// Sequentially consistent: the kernel wakes nobody who it thinks is still busy, so what came meanwhile must be seen next.
	__atomic_store_n(consumer_, position, __ATOMIC_SEQ_CST);
	return count;
}

}  // namespace heddle
