#include "proxy_beat.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "abi.h"
#include "map.h"

namespace heddle {

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t), "a word of the map");

void ProxyBeat::close() {
	if (mapped_) munmap(mapped_, length_);
	mapped_ = nullptr;
	second_ = nullptr;
}

Status ProxyBeat::open(const Map& control) {
	if (control.shape().valueSize < sizeof(struct control))
		return Status::of("ERR_INVALID_ARGUMENT", "control: expected one struct control, found map " + control.shape().name);
	length_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
	void* address = mmap(nullptr, length_, PROT_READ | PROT_WRITE, MAP_SHARED, control.fd(), 0);
	if (address == MAP_FAILED) return Status::system(errno, "mmap", "map " + control.shape().name);
	// The guardian process must not keep the map alive.
	madvise(address, length_, MADV_DONTFORK);
	mapped_ = address;
	auto* word = static_cast<uint8_t*>(address) + offsetof(struct control, proxy_beat);
	second_ = reinterpret_cast<std::atomic<uint32_t>*>(word);
	return Status::success();
}

}  // namespace heddle
