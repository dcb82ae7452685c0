#include "proxy_beat.h"

#include <sys/mman.h>

#include <cstddef>

#include "abi.h"
#include "map.h"

namespace heddle {

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t), "a word of the map");

void ProxyBeat::close() {
	second_ = nullptr;
	page_.close();
}

Status ProxyBeat::open(const Map& control) {
	if (control.shape().valueSize < sizeof(struct control))
		return Status::of("ERR_INVALID_ARGUMENT", "control: expected one struct control, found map " + control.shape().name);
	Status status = page_.open(control, PROT_READ | PROT_WRITE);
	if (status.failed()) return status;
	auto* word = static_cast<uint8_t*>(page_.address()) + offsetof(struct control, proxy_beat);
	second_ = reinterpret_cast<std::atomic<uint32_t>*>(word);
	return status;
}

}  // namespace heddle
