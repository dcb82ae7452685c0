#pragma once

#include <cstddef>
#include <cstdint>

#include "status.h"

namespace heddle {

/** Consumer side of a BPF ring buffer: mapped memory, no system call per record. */
class Ring {
public:
	~Ring() { close(); }
	Status open(int mapFd, uint32_t size);
	void close();

	/**
	 * Copies up to `capacity` records into `out`, each cut or filled with zeros to `recordSize`, and gives their space back.
	 * Stops at `limit` (a producer position) as well.
	 */
	size_t read(uint8_t* out, size_t capacity, size_t recordSize, uint64_t limit);
	uint64_t producerPosition() const;
	bool isEmpty() const;

private:
	uint64_t* consumer_ = nullptr;
	uint64_t* producer_ = nullptr;
	uint8_t* data_ = nullptr;
	size_t producerLength_ = 0;
	uint64_t mask_ = 0;
};

}  // namespace heddle
