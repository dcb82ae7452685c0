#include "control_page.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "map.h"

namespace heddle {

void ControlPage::close() {
	if (address_) munmap(address_, length_);
	address_ = nullptr;
}

Status ControlPage::open(const Map& control, int protection) {
	length_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
	void* address = mmap(nullptr, length_, protection, MAP_SHARED, control.fd(), 0);
	if (address == MAP_FAILED) return Status::system(errno, "mmap", "map " + control.shape().name);
	// The guardian process must not keep the map alive.
	madvise(address, length_, MADV_DONTFORK);
	address_ = address;
	return Status::success();
}

}  // namespace heddle
