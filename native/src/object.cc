#include "object.h"

#include "arguments.h"
#include "async.h"
#include "modules.h"

namespace heddle {

extern "C" const uint8_t heddle_object_start[], heddle_object_end[];

Object::Object(const Napi::CallbackInfo& info) : Wrapped(info) {
	Napi::Env env = info.Env();
	LoadedObject* given = source<LoadedObject>(info);
	if (!given) return;
	Napi::Object maps = Napi::Object::New(env), programs = Napi::Object::New(env);
	for (MapSource& map : given->maps) {
		std::string name = map.shape.name;
		maps.Set(name, Map::create(env, &map));
	}
	for (ProgramSource& program : given->programs) {
		std::string name = program.name;
		programs.Set(name, Program::create(env, &program));
	}
	maps_ = Napi::Persistent(maps);
	programs_ = Napi::Persistent(programs);
}

static void closeAll(Napi::Object handles) {
	Napi::Array names = handles.GetPropertyNames();
	for (uint32_t i = 0; i < names.Length(); i++) {
		Napi::Object handle = handles.Get(names.Get(i)).As<Napi::Object>();
		handle.Get("close").As<Napi::Function>().Call(handle, {});
	}
}

Napi::Value Object::close(const Napi::CallbackInfo& info) {
	closeAll(maps_.Value());
	closeAll(programs_.Value());
	return info.Env().Undefined();
}

Napi::Function Object::define(Napi::Env env) {
	return DefineClass(env, kName,
		{
			InstanceAccessor<&Object::maps>("maps"),
			InstanceAccessor<&Object::programs>("programs"),
			InstanceMethod<&Object::close>("close"),
		});
}

class LoadWorker final : public PromiseWorker {
public:
	LoadWorker(Napi::Env env, LoadRequest&& request) : PromiseWorker(env, "heddle:load"), request_(std::move(request)) {}

private:
	Status run() override { return loadObject(request_, loaded_); }
	Napi::Value result(Napi::Env env) override { return Object::create(env, &loaded_); }

	LoadRequest request_;
	LoadedObject loaded_;
};

static bool readMaxEntries(Napi::Object sizes, LoadRequest& request) {
	Napi::Array names = sizes.GetPropertyNames();
	for (uint32_t i = 0; i < names.Length(); i++) {
		std::string name = names.Get(i).As<Napi::String>().Utf8Value();
		Napi::Value value = sizes.Get(name);
		uint32_t entries = 0;
		if (value.IsUndefined()) continue;
		if (!readUint32(sizes.Env(), value, ("maxEntries." + name).c_str(), entries)) return false;
		request.maxEntries.emplace_back(name, entries);
	}
	return true;
}

static bool readReuse(Napi::Object maps, LoadRequest& request) {
	Napi::Array names = maps.GetPropertyNames();
	for (uint32_t i = 0; i < names.Length(); i++) {
		std::string name = names.Get(i).As<Napi::String>().Utf8Value();
		Map* map = Map::from(maps.Env(), maps.Get(name), ("reuse." + name).c_str());
		if (!map) return false;
		if (map->fd() < 0) return throwClosed(maps.Env(), ("map " + name).c_str()), false;
		Fd duplicate(fcntl(map->fd(), F_DUPFD_CLOEXEC, 3));
		request.reuse.push_back({name, std::move(duplicate), map->shape()});
	}
	return true;
}

static bool readPrograms(Napi::Value value, LoadRequest& request) {
	if (!value.IsArray()) return throwArgument(value.Env(), "programs", "an array of names", value), false;
	request.allPrograms = false;
	Napi::Array names = value.As<Napi::Array>();
	for (uint32_t i = 0; i < names.Length(); i++) {
		std::string name;
		if (!readString(value.Env(), names.Get(i), "programs", name)) return false;
		request.programs.push_back(name);
	}
	return true;
}

static bool readOptions(Napi::Object options, LoadRequest& request) {
	Napi::Env env = options.Env();
	Napi::Object record;
	Napi::Value sizes = options.Get("maxEntries"), rodata = options.Get("rodata"), reuse = options.Get("reuse"),
				programs = options.Get("programs");
	if (!sizes.IsUndefined() && !(readObject(env, sizes, "maxEntries", record) && readMaxEntries(record, request)))
		return false;
	if (!reuse.IsUndefined() && !(readObject(env, reuse, "reuse", record) && readReuse(record, request))) return false;
	if (!programs.IsUndefined() && !readPrograms(programs, request)) return false;
	if (rodata.IsUndefined()) return true;
	Bytes bytes;
	if (!readBytes(env, rodata, "rodata", bytes)) return false;
	request.hasRodata = true;
	request.rodata.assign(bytes.data, bytes.data + bytes.length);
	return true;
}

static bool readRequest(const Napi::CallbackInfo& info, LoadRequest& request) {
	Bytes bytes;
	if (!readBytes(info.Env(), info[0], "object", bytes)) return false;
	request.object.assign(bytes.data, bytes.data + bytes.length);
	Napi::Object options;
	return info[1].IsUndefined() || (readObject(info.Env(), info[1], "options", options) && readOptions(options, request));
}

static Napi::Value load(const Napi::CallbackInfo& info) {
	LoadRequest request;
	if (!readRequest(info, request)) return info.Env().Undefined();
	return (new LoadWorker(info.Env(), std::move(request)))->start();
}

static Napi::Value loadNow(const Napi::CallbackInfo& info) {
	LoadRequest request;
	LoadedObject loaded;
	if (!readRequest(info, request)) return info.Env().Undefined();
	Status status = loadObject(request, loaded);
	return status.failed() ? throwStatus(info.Env(), status) : Object::create(info.Env(), &loaded);
}

static Napi::Value embeddedObject(const Napi::CallbackInfo& info) {
	size_t length = static_cast<size_t>(heddle_object_end - heddle_object_start);
	Napi::Uint8Array copy = Napi::Uint8Array::New(info.Env(), length);
	memcpy(copy.Data(), heddle_object_start, length);
	return copy;
}

void exportObject(Environment& environment, Napi::Env env, Napi::Object exports) {
	environment.objectConstructor = Napi::Persistent(Object::define(env));
	exports.Set("load", Napi::Function::New<load>(env, "load"));
	exports.Set("loadNow", Napi::Function::New<loadNow>(env, "loadNow"));
	exports.Set("embeddedObject", Napi::Function::New<embeddedObject>(env, "embeddedObject"));
}

}  // namespace heddle
