#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace heddle {

/**
 * Records of one thread for one other: each whole, in order, never waited for. A record begins with its length in bytes
 * (32 bits), a multiple of 8. Without room it is dropped and counted.
 */
class RecordRing {
public:
	/** A power of two. */
	explicit RecordRing(size_t bytes) : bytes_(bytes), data_(new(std::nothrow) uint64_t[bytes / sizeof(uint64_t)]) {}
	/** false: there was no memory. */
	bool isReady() const { return data_ != nullptr; }

	// Of the thread that writes.
	/** Where `length` bytes may be written; nullptr: no room, which is counted. */
	uint8_t* reserve(size_t length);
	/** What was reserved is a record. */
	void commit();

	// Of the thread that reads.
	/** Copies as many whole records as there are and fit; returns their bytes and adds their number. */
	size_t read(uint8_t* out, size_t capacity, size_t& count);
	bool isEmpty() const { return tail_.load(std::memory_order_relaxed) == head_.load(std::memory_order_acquire); }

	uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

private:
	/** Instead of a length: nothing more until the end of the memory. */
	static constexpr uint32_t kSkip = 0;

	uint8_t* at(uint64_t position) { return reinterpret_cast<uint8_t*>(data_.get()) + (position & (bytes_ - 1)); }
	size_t untilEnd(uint64_t position) const { return bytes_ - (position & (bytes_ - 1)); }

	const size_t bytes_;
	std::unique_ptr<uint64_t[]> data_;
	// Each thread writes to lines of its own. Not by alignas: memory for that is asked for with symbols that Node's oldest
	// C++ library does not have.
	uint8_t before_[64];
	std::atomic<uint64_t> head_{0};
	uint64_t reserved_ = 0, knownTail_ = 0;
	std::atomic<uint64_t> lost_{0};
	uint8_t between_[64];
	std::atomic<uint64_t> tail_{0};
	uint8_t after_[64];
};

}  // namespace heddle
