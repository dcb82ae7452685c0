#include <bpf/bpf.h>

#include <cerrno>

#include "map.h"

namespace heddle {

constexpr int kErrorNotSupported = 524;

// What kernels answer where a map type has no batch command, or not with these flags.
static bool lacksBatch(int error) { return error == kErrorNotSupported || error == EOPNOTSUPP || error == EINVAL; }

int Map::updateMany(const uint8_t* keys, const uint8_t* values, uint32_t count, uint64_t flags, uint32_t& done) {
	done = 0;
	if (batchUpdates_ && count > 1) {
		bpf_map_batch_opts options = {};
		options.sz = sizeof(options);
		options.elem_flags = flags;
		uint32_t amount = count;
		if (bpf_map_update_batch(fd_.get(), keys, values, &amount, &options) == 0) {
			done = count;
			return 0;
		}
		int error = errno;
		if (!lacksBatch(error)) {
			// Untouched means the kernel failed before the first entry.
			done = amount < count ? amount : 0;
			return error;
		}
		// EINVAL may also be these flags' or these entries' fault: only the other two are for good.
		if (error != EINVAL) batchUpdates_ = false;
	}
	for (; done < count; done++)
		if (bpf_map_update_elem(
				fd_.get(), keys + size_t{done} * shape_.keySize, values + size_t{done} * shape_.stride, flags) != 0)
			return errno;
	return 0;
}

int Map::deleteMany(const uint8_t* keys, uint32_t count, uint32_t& deleted) {
	deleted = 0;
	uint32_t position = 0;
	while (batchDeletes_ && count - position > 1) {
		bpf_map_batch_opts options = {};
		options.sz = sizeof(options);
		uint32_t amount = count - position;
		if (bpf_map_delete_batch(fd_.get(), keys + size_t{position} * shape_.keySize, &amount, &options) == 0) {
			deleted += count - position;
			return 0;
		}
		int error = errno;
		if (lacksBatch(error)) {
			batchDeletes_ = false;
			break;
		}
		deleted += amount;
		position += amount;
		// The kernel stops at a key that is not there; that is no failure here.
		if (error != ENOENT) return error;
		position++;
	}
	for (; position < count; position++) {
		if (bpf_map_delete_elem(fd_.get(), keys + size_t{position} * shape_.keySize) == 0) deleted++;
		else if (errno != ENOENT) return errno;
	}
	return 0;
}

Napi::Value Map::updateBatch(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "map");
	uint32_t count = 0, flags = 0, done = 0;
	Bytes keys, values;
	if (!readUint32(env, info[2], "count", count)) return env.Undefined();
	if (!readBytes(env, info[0], "keys", size_t{count} * shape_.keySize, keys)) return env.Undefined();
	if (!readBytes(env, info[1], "values", size_t{count} * shape_.stride, values)) return env.Undefined();
	if (!info[3].IsUndefined() && !readUint32(env, info[3], "flags", flags)) return env.Undefined();
	int error = updateMany(keys.data, values.data, count, flags, done);
	if (error != 0) return throwUpdate(env, error, "bpf(BPF_MAP_UPDATE_BATCH)", done);
	return Napi::Number::New(env, done);
}

Napi::Value Map::deleteBatch(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "map");
	uint32_t count = 0, deleted = 0;
	Bytes keys;
	if (!readUint32(env, info[1], "count", count)) return env.Undefined();
	if (!readBytes(env, info[0], "keys", size_t{count} * shape_.keySize, keys)) return env.Undefined();
	int error = deleteMany(keys.data, count, deleted);
	if (error != 0) return throwStatus(env, failure(error, "bpf(BPF_MAP_DELETE_BATCH)").with("done", deleted));
	return Napi::Number::New(env, deleted);
}

}  // namespace heddle
