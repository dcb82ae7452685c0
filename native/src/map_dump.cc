#include <bpf/bpf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "map.h"

namespace heddle {

struct Entries {
	std::vector<uint8_t> keys;
	std::vector<uint8_t> values;
	size_t count = 0;
};

/** errno of the batch command; 0 when all was read. */
static int dumpByBatch(int fd, const MapShape& shape, Entries& out) {
	std::vector<uint8_t> cursor(std::max<size_t>(shape.keySize, 8)), next(cursor.size());
	bpf_map_batch_opts options = {};
	options.sz = sizeof(options);
	uint32_t chunk = std::min<uint32_t>(std::max<uint32_t>(shape.maxEntries, 64), 4096);
	bool first = true;
	for (;;) {
		out.keys.resize((out.count + chunk) * shape.keySize);
		out.values.resize((out.count + chunk) * shape.stride);
		uint32_t amount = chunk;
		int failed = bpf_map_lookup_batch(fd, first ? nullptr : cursor.data(), next.data(),
			out.keys.data() + out.count * shape.keySize, out.values.data() + out.count * shape.stride, &amount, &options);
		int error = failed ? errno : 0;
		// One hash bucket holds more than a chunk: nothing was copied.
		if (error == ENOSPC && chunk < (1u << 24)) {
			chunk *= 2;
			continue;
		}
		if (error != 0 && error != ENOENT) return error;
		out.count += amount;
		if (error == ENOENT) return 0;
		cursor.swap(next);
		first = false;
	}
}

static int dumpByKey(int fd, const MapShape& shape, Entries& out) {
	std::vector<uint8_t> key(shape.keySize), value(shape.stride);
	out = Entries();
	const uint8_t* previous = nullptr;
	// A key deleted meanwhile makes the kernel start over: the bound ends that.
	while (out.count < shape.maxEntries && bpf_map_get_next_key(fd, previous, key.data()) == 0) {
		previous = key.data();
		if (bpf_map_lookup_elem(fd, key.data(), value.data()) != 0) {
			if (errno == ENOENT) continue;
			return errno;
		}
		out.keys.insert(out.keys.end(), key.begin(), key.end());
		out.values.insert(out.values.end(), value.begin(), value.end());
		out.count++;
	}
	return out.count < shape.maxEntries && errno != ENOENT ? errno : 0;
}

static Napi::Value toBytes(Napi::Env env, const std::vector<uint8_t>& from, size_t length) {
	Napi::Uint8Array array = Napi::Uint8Array::New(env, length);
	if (length > 0) memcpy(array.Data(), from.data(), length);
	return array;
}

Napi::Value Map::dump(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "map");
	Entries entries;
	int error = dumpByBatch(fd_.get(), shape_, entries);
	if (error != 0) error = dumpByKey(fd_.get(), shape_, entries);
	if (error != 0) return throwStatus(env, failure(error, "bpf(BPF_MAP_GET_NEXT_KEY)"));
	Napi::Object object = Napi::Object::New(env);
	object.Set("keys", toBytes(env, entries.keys, entries.count * shape_.keySize));
	object.Set("values", toBytes(env, entries.values, entries.count * shape_.stride));
	object.Set("count", Napi::Number::New(env, static_cast<double>(entries.count)));
	return object;
}

}  // namespace heddle
