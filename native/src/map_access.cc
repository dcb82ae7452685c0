#include <bpf/bpf.h>

#include <cerrno>

#include "map.h"

namespace heddle {

Napi::Value Map::throwUpdate(Napi::Env env, int error, const char* syscall, int64_t done) {
	Status status = failure(error, syscall);
	if (error == E2BIG || error == ENOSPC) {
		status.code = "ERR_MAP_FULL";
		status.message = "map " + shape_.name + " is full: it holds at most " + std::to_string(shape_.maxEntries) + " entries";
		status.with("maxEntries", shape_.maxEntries);
	}
	if (done >= 0) status.with("done", static_cast<double>(done));
	return throwStatus(env, status);
}

Napi::Value Map::lookup(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "map");
	Bytes key, value;
	if (!readBytes(env, info[0], "key", shape_.keySize, key) || !readBytes(env, info[1], "value", shape_.stride, value))
		return env.Undefined();
	if (bpf_map_lookup_elem(fd_.get(), key.data, value.data) == 0) return Napi::Boolean::New(env, true);
	if (errno == ENOENT) return Napi::Boolean::New(env, false);
	return throwStatus(env, failure(errno, "bpf(BPF_MAP_LOOKUP_ELEM)"));
}

Napi::Value Map::update(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "map");
	Bytes key, value;
	if (!readBytes(env, info[0], "key", shape_.keySize, key) || !readBytes(env, info[1], "value", shape_.stride, value))
		return env.Undefined();
	uint32_t flags = 0;
	if (info.Length() > 2 && !info[2].IsUndefined() && !readUint32(env, info[2], "flags", flags)) return env.Undefined();
	if (bpf_map_update_elem(fd_.get(), key.data, value.data, flags) == 0) return env.Undefined();
	return throwUpdate(env, errno, "bpf(BPF_MAP_UPDATE_ELEM)");
}

Napi::Value Map::remove(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "map");
	Bytes key;
	if (!readBytes(env, info[0], "key", shape_.keySize, key)) return env.Undefined();
	if (bpf_map_delete_elem(fd_.get(), key.data) == 0) return Napi::Boolean::New(env, true);
	if (errno == ENOENT) return Napi::Boolean::New(env, false);
	return throwStatus(env, failure(errno, "bpf(BPF_MAP_DELETE_ELEM)"));
}

Napi::Value Map::nextKey(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "map");
	Bytes key, next;
	if (!info[0].IsUndefined() && !readBytes(env, info[0], "key", shape_.keySize, key)) return env.Undefined();
	if (!readBytes(env, info[1], "next", shape_.keySize, next)) return env.Undefined();
	if (bpf_map_get_next_key(fd_.get(), key.data, next.data) == 0) return Napi::Boolean::New(env, true);
	if (errno == ENOENT) return Napi::Boolean::New(env, false);
	return throwStatus(env, failure(errno, "bpf(BPF_MAP_GET_NEXT_KEY)"));
}

}  // namespace heddle
