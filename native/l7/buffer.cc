#include "buffer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace heddle::l7 {

BlockPool::~BlockPool() {
	for (char* block : free_) free(block);
}

char* BlockPool::take() {
	if (free_.empty()) return static_cast<char*>(malloc(kBlock));
	char* block = free_.back();
	free_.pop_back();
	return block;
}

void BlockPool::give(char* block) {
	if (free_.size() < kMostKept) free_.push_back(block);
	else free(block);
}

void Buffer::release() {
	if (capacity_ == BlockPool::kBlock) pool_.give(data_);
	else free(data_);
	data_ = nullptr;
	begin_ = end_ = capacity_ = 0;
}

void Buffer::grow(size_t most) {
	size_t capacity = std::min(capacity_ * 2, std::max(most, BlockPool::kBlock));
	char* larger = static_cast<char*>(malloc(capacity));
	if (!larger || capacity <= capacity_) return free(larger);
	size_t kept = size();
	memcpy(larger, data_ + begin_, kept);
	release();
	data_ = larger;
	end_ = kept;
	capacity_ = capacity;
}

char* Buffer::room(size_t most, size_t& length) {
	if (!data_ && (data_ = pool_.take())) capacity_ = BlockPool::kBlock;
	if (end_ == capacity_ && begin_ > 0) {
		memmove(data_, data_ + begin_, size());
		end_ -= begin_;
		begin_ = 0;
	}
	if (end_ == capacity_ && capacity_ > 0 && capacity_ < most) grow(most);
	length = capacity_ - end_;
	return length ? data_ + end_ : nullptr;
}

void Buffer::consume(size_t length) {
	begin_ += length;
	if (begin_ == end_) begin_ = end_ = 0;
}

}  // namespace heddle::l7
