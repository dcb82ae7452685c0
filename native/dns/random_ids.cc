#include "random_ids.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace heddle::dns {

/** Ids that can be guessed are worse than an end. */
static void fill(char* bytes, size_t length) {
	while (length > 0) {
		ssize_t got = getrandom(bytes, length, 0);
		if (got < 0 && errno != EINTR) abort();
		if (got < 0) continue;
		bytes += got;
		length -= static_cast<size_t>(got);
	}
}

uint16_t RandomIds::next() {
	if (left_ == 0) {
		fill(reinterpret_cast<char*>(ids_), sizeof(ids_));
		left_ = sizeof(ids_) / sizeof(ids_[0]);
	}
	return ids_[--left_];
}

}  // namespace heddle::dns
