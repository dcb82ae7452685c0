#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace heddle::l7 {

/** Blocks of one size, of one thread: what was given back last is the next, still in the cache. */
class BlockPool {
public:
	static constexpr size_t kBlock = 16 << 10;
	~BlockPool();
	char* take();
	void give(char* block);

private:
	static constexpr size_t kMostKept = 256;
	std::vector<char*> free_;
};

/** A queue of bytes that has memory only while it is not empty. */
class Buffer {
public:
	explicit Buffer(BlockPool& pool) : pool_(pool) {}
	~Buffer() { release(); }
	Buffer(const Buffer&) = delete;

	std::string_view view() const { return {data_ + begin_, end_ - begin_}; }
	size_t size() const { return end_ - begin_; }
	bool isEmpty() const { return begin_ == end_; }
	/** Room at the end, at least one byte while `size()` is below `most`; nullptr: there is none. */
	char* room(size_t most, size_t& length);
	void added(size_t length) { end_ += length; }
	void consume(size_t length);
	void clear() { consume(size()); }
	/** Gives memory back where no byte is kept. */
	void releaseIfEmpty() {
		if (data_ && isEmpty()) release();
	}

private:
	void release();
	void grow(size_t most);

	BlockPool& pool_;
	char* data_ = nullptr;
	size_t begin_ = 0, end_ = 0, capacity_ = 0;
};

}  // namespace heddle::l7
