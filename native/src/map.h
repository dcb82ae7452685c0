#pragma once

#include <napi.h>

#include <string>

#include "arguments.h"
#include "fd.h"
#include "wrapped.h"

namespace heddle {

/** Sizes of one map; `stride` is what user space sees of a value (per-CPU: every CPU's). */
struct MapShape {
	std::string name;
	uint32_t type = 0;
	uint32_t keySize = 0;
	uint32_t valueSize = 0;
	uint32_t maxEntries = 0;
	uint32_t flags = 0;
	uint32_t id = 0;
	uint32_t stride = 0;
};

struct MapSource {
	Fd fd;
	MapShape shape;
};

/** Memory shared with the kernel; one owner is the ArrayBuffer, one the map. */
struct Mapping {
	void* address = nullptr;
	size_t length = 0;
	void unmap();
};

class Map : public Wrapped<Map> {
public:
	static constexpr const char* kName = "BpfMap";
	static constexpr napi_type_tag kTag = {0x8a6c0f6a2f0c4c51, 0xb6a3a4b4a7b1c001};
	static Napi::FunctionReference& constructor(Environment& environment) { return environment.mapConstructor; }

	explicit Map(const Napi::CallbackInfo& info);
	static Napi::Function define(Napi::Env env);

	void closeAtExit() override { fd_.reset(); }
	int fd() const { return fd_.get(); }
	const MapShape& shape() const { return shape_; }

private:
	static Napi::Value openPinned(const Napi::CallbackInfo& info);
	Napi::Value info(const Napi::CallbackInfo& info);
	Napi::Value closed(const Napi::CallbackInfo& info);
	Napi::Value pin(const Napi::CallbackInfo& info);
	Napi::Value close(const Napi::CallbackInfo& info);
	Napi::Value lookup(const Napi::CallbackInfo& info);
	Napi::Value update(const Napi::CallbackInfo& info);
	Napi::Value remove(const Napi::CallbackInfo& info);
	Napi::Value nextKey(const Napi::CallbackInfo& info);
	Napi::Value updateBatch(const Napi::CallbackInfo& info);
	Napi::Value deleteBatch(const Napi::CallbackInfo& info);
	Napi::Value dump(const Napi::CallbackInfo& info);
	Napi::Value mmap(const Napi::CallbackInfo& info);

	Napi::Value throwUpdate(Napi::Env env, int error, const char* syscall, int64_t done = -1);
	Status failure(int error, const char* what) const;
	int updateMany(const uint8_t* keys, const uint8_t* values, uint32_t count, uint64_t flags, uint32_t& done);
	int deleteMany(const uint8_t* keys, uint32_t count, uint32_t& deleted);

	Fd fd_;
	MapShape shape_;
	bool batchUpdates_ = true;
	bool batchDeletes_ = true;
	Mapping* mapping_ = nullptr;
	Napi::Reference<Napi::ArrayBuffer> mapped_;
};

/** Reads the kernel's facts of a map. `name` empty: the kernel's (cut at 15 bytes). */
Status describeMap(int fd, const std::string& name, MapShape& out);
uint32_t possibleCpuCount();

}  // namespace heddle
