#pragma once

#include <cstddef>
#include <cstdint>

namespace heddle::dns {

/** Numbers that nobody can guess: the kernel's, fetched many at once. Of one thread. */
class RandomIds {
public:
	uint16_t next();

private:
	uint16_t ids_[512];
	size_t left_ = 0;
};

}  // namespace heddle::dns
