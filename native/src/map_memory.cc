#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "map.h"

namespace heddle {

void Mapping::unmap() {
	if (address) munmap(address, length);
	address = nullptr;
}

Napi::Value Map::mmap(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "map");
	if (!mapped_.IsEmpty()) return mapped_.Value();
	if (shape_.type != BPF_MAP_TYPE_ARRAY || !(shape_.flags & BPF_F_MMAPABLE))
		return throwStatus(
			env, Status::of("ERR_NOT_SUPPORTED", "map " + shape_.name + " is not an array made with BPF_F_MMAPABLE"));
	size_t stride = (shape_.valueSize + 7) & ~size_t{7};
	size_t used = stride * (shape_.maxEntries - 1) + shape_.valueSize;
	size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
	size_t length = (stride * shape_.maxEntries + page - 1) & ~(page - 1);
	void* address = ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
	if (address == MAP_FAILED) return throwStatus(env, failure(errno, "mmap"));
	// The guardian process must not keep the map alive.
	madvise(address, length, MADV_DONTFORK);
	auto* mapping = new Mapping{address, length};
	Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(
		env, address, used,
		[](Napi::BasicEnv, void*, Mapping* owned) {
			owned->unmap();
			delete owned;
		},
		mapping);
	mapping_ = mapping;
	mapped_ = Napi::Persistent(buffer);
	return buffer;
}

}  // namespace heddle
