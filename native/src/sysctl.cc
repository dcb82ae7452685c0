#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "arguments.h"
#include "errors.h"
#include "modules.h"
#include "thread.h"

namespace heddle {

/** Joins path parts: a dot in an interface's name is part of the name. */
static bool readPath(Napi::Env env, Napi::Value value, std::string& out) {
	if (!value.IsArray() || value.As<Napi::Array>().Length() == 0)
		return throwArgument(env, "path", "an array of path parts", value), false;
	Napi::Array parts = value.As<Napi::Array>();
	out = "/proc/sys";
	for (uint32_t i = 0; i < parts.Length(); i++) {
		std::string part;
		if (!readString(env, parts.Get(i), "path", part)) return false;
		if (part.empty() || part == "." || part == ".." || part.find('/') != std::string::npos)
			return throwArgument(env, "path", "parts without '/'", "\"" + part + "\""), false;
		out += "/" + part;
	}
	return true;
}

static bool readNetns(Napi::Env env, Napi::Value value, int& out) {
	if (value.IsUndefined()) return true;
	if (!readFd(env, value, "netns", out)) return false;
	Status status = checkNamespace(out);
	if (status.failed()) throwStatus(env, status);
	return !status.failed();
}

static Status readFile(const std::string& path, std::string& out) {
	Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
	if (!fd.valid()) return Status::system(errno, "open", path);
	char buffer[4096];
	ssize_t length = read(fd.get(), buffer, sizeof(buffer));
	if (length < 0) return Status::system(errno, "read", path);
	out.assign(buffer, static_cast<size_t>(length));
	while (!out.empty() && out.back() == '\n') out.pop_back();
	return Status::success();
}

static Status writeFile(const std::string& path, const std::string& value) {
	Fd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
	if (!fd.valid()) return Status::system(errno, "open", path);
	if (write(fd.get(), value.data(), value.size()) != static_cast<ssize_t>(value.size()))
		return Status::system(errno, "write", path);
	return Status::success();
}

static Napi::Value readSysctl(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	std::string path, value;
	int netns = -1;
	if (!readPath(env, info[0], path) || !readNetns(env, info[1], netns)) return env.Undefined();
	Status status = inNamespace(netns, [&] { return readFile(path, value); });
	return status.failed() ? throwStatus(env, status) : Napi::Value(Napi::String::New(env, value));
}

static Napi::Value writeSysctl(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	std::string path, value;
	int netns = -1;
	if (!readPath(env, info[0], path) || !readString(env, info[1], "value", value) || !readNetns(env, info[2], netns))
		return env.Undefined();
	Status status = inNamespace(netns, [&] { return writeFile(path, value); });
	return status.failed() ? throwStatus(env, status) : env.Undefined();
}

void exportSysctl(Napi::Env env, Napi::Object exports) {
	exports.Set("readSysctl", Napi::Function::New<readSysctl>(env, "readSysctl"));
	exports.Set("writeSysctl", Napi::Function::New<writeSysctl>(env, "writeSysctl"));
}

}  // namespace heddle
