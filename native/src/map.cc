#include "map.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "modules.h"
#include "pin.h"

namespace heddle {

uint32_t possibleCpuCount() {
	int count = libbpf_num_possible_cpus();
	return count > 0 ? static_cast<uint32_t>(count) : 1;
}

static bool isPerCpu(uint32_t type) {
	return type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_PERCPU_ARRAY || type == BPF_MAP_TYPE_LRU_PERCPU_HASH ||
		type == BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;
}

static bool isMapOfMaps(uint32_t type) { return type == BPF_MAP_TYPE_ARRAY_OF_MAPS || type == BPF_MAP_TYPE_HASH_OF_MAPS; }

Status describeMap(int fd, const std::string& name, MapShape& out) {
	bpf_map_info info = {};
	uint32_t length = sizeof(info);
	if (bpf_map_get_info_by_fd(fd, &info, &length) != 0)
		return Status::system(errno, "bpf(BPF_OBJ_GET_INFO_BY_FD)", "map " + name);
	out.name = name.empty() ? info.name : name;
	out.type = info.type;
	out.keySize = info.key_size;
	out.valueSize = info.value_size;
	out.maxEntries = info.max_entries;
	out.flags = info.map_flags;
	out.id = info.id;
	out.stride = info.value_size;
	if (isPerCpu(info.type)) out.stride = ((info.value_size + 7) & ~7u) * possibleCpuCount();
	if (isMapOfMaps(info.type)) out.stride = 4;
	return Status::success();
}

// The kernel tells a map's memory only here.
static double memoryOf(int fd) {
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	FILE* file = fopen(path, "re");
	if (!file) return 0;
	char line[128];
	unsigned long long bytes = 0;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "memlock: %llu", &bytes) == 1) break;
	fclose(file);
	return static_cast<double>(bytes);
}

Map::Map(const Napi::CallbackInfo& info) : Wrapped(info) {
	MapSource* given = source<MapSource>(info);
	if (!given) return;
	fd_ = std::move(given->fd);
	shape_ = std::move(given->shape);
}

Napi::Value Map::openPinned(const Napi::CallbackInfo& info) {
	MapSource source;
	if (!openPin(info, source.fd)) return info.Env().Undefined();
	Status status = describeMap(source.fd.get(), "", source.shape);
	if (status.failed()) return throwStatus(info.Env(), status);
	return create(info.Env(), &source);
}

Napi::Value Map::info(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "map");
	Napi::Object object = Napi::Object::New(env);
	object.Set("name", shape_.name);
	object.Set("type", shape_.type);
	object.Set("keySize", shape_.keySize);
	object.Set("valueSize", shape_.valueSize);
	object.Set("maxEntries", shape_.maxEntries);
	object.Set("flags", shape_.flags);
	object.Set("id", shape_.id);
	object.Set("memoryBytes", memoryOf(fd_.get()));
	return object;
}

Napi::Value Map::closed(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), !fd_.valid()); }

Napi::Value Map::pin(const Napi::CallbackInfo& info) {
	if (!fd_.valid()) return throwClosed(info.Env(), "map");
	return pinTo(info, fd_.get());
}

Napi::Value Map::close(const Napi::CallbackInfo& info) {
	fd_.reset();
	unlink();
	if (!mapped_.IsEmpty()) {
		Napi::ArrayBuffer buffer = mapped_.Value();
		// JavaScript may have transferred it away: then its new owner unmaps.
		if (!buffer.IsDetached() && mapping_) {
			mapping_->unmap();
			buffer.Detach();
		}
		mapped_.Reset();
	}
	mapping_ = nullptr;
	return info.Env().Undefined();
}

Status Map::failure(int error, const char* syscall) const {
	return Status::system(error, syscall, "map " + shape_.name).with("map", shape_.name);
}

Napi::Function Map::define(Napi::Env env) {
	return DefineClass(env, kName,
		{
			StaticMethod<&Map::openPinned>("openPinned"),
			InstanceAccessor<&Map::info>("info"),
			InstanceAccessor<&Map::closed>("closed"),
			InstanceMethod<&Map::lookup>("lookup"),
			InstanceMethod<&Map::update>("update"),
			InstanceMethod<&Map::remove>("delete"),
			InstanceMethod<&Map::nextKey>("nextKey"),
			InstanceMethod<&Map::updateBatch>("updateBatch"),
			InstanceMethod<&Map::deleteBatch>("deleteBatch"),
			InstanceMethod<&Map::dump>("dump"),
			InstanceMethod<&Map::mmap>("mmap"),
			InstanceMethod<&Map::pin>("pin"),
			InstanceMethod<&Map::close>("close"),
		});
}

void exportMap(Environment& environment, Napi::Env env, Napi::Object exports) {
	Napi::Function constructor = Map::define(env);
	environment.mapConstructor = Napi::Persistent(constructor);
	exports.Set(Map::kName, constructor);
}

}  // namespace heddle
