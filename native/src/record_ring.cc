#include "record_ring.h"

#include <cstring>

namespace heddle {

static uint32_t lengthAt(const uint8_t* record) {
	uint32_t length;
	memcpy(&length, record, sizeof(length));
	return length;
}

uint8_t* RecordRing::reserve(size_t length) {
	uint64_t head = head_.load(std::memory_order_relaxed);
	size_t skipped = untilEnd(head) < length ? untilEnd(head) : 0;
	uint64_t end = head + skipped + length;
	if (end - knownTail_ > bytes_) knownTail_ = tail_.load(std::memory_order_acquire);
	if (end - knownTail_ > bytes_) return lost_.fetch_add(1, std::memory_order_relaxed), nullptr;
	if (skipped) memcpy(at(head), &kSkip, sizeof(kSkip));
	reserved_ = end;
	return at(head + skipped);
}

void RecordRing::commit() { head_.store(reserved_, std::memory_order_release); }

size_t RecordRing::read(uint8_t* out, size_t capacity, size_t& count) {
	uint64_t position = tail_.load(std::memory_order_relaxed), head = head_.load(std::memory_order_acquire);
	size_t used = 0;
	while (position < head) {
		uint32_t length = lengthAt(at(position));
		if (length == kSkip) {
			position += untilEnd(position);
			continue;
		}
		if (length > capacity - used) break;
		memcpy(out + used, at(position), length);
		used += length;
		position += length;
		count++;
	}
	tail_.store(position, std::memory_order_release);
	return used;
}

}  // namespace heddle
