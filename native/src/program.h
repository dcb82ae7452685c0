#pragma once

#include <napi.h>

#include <string>

#include "fd.h"
#include "wrapped.h"

namespace heddle {

struct ProgramSource {
	Fd fd;
	std::string name;
	uint32_t id = 0;
	uint32_t type = 0;
};

/** Reads the kernel's facts of a program. `name` empty: the kernel's (cut at 15 bytes). */
Status describeProgram(const std::string& name, ProgramSource& out);

class Program : public Wrapped<Program> {
public:
	static constexpr const char* kName = "BpfProgram";
	static constexpr napi_type_tag kTag = {0x8a6c0f6a2f0c4c52, 0xb6a3a4b4a7b1c002};
	static Napi::FunctionReference& constructor(Environment& environment) { return environment.programConstructor; }

	explicit Program(const Napi::CallbackInfo& info);
	static Napi::Function define(Napi::Env env);

	void closeAtExit() override { fd_.reset(); }
	const Fd& fd() const { return fd_; }
	const std::string& name() const { return name_; }
	uint32_t id() const { return id_; }
	uint32_t type() const { return type_; }

private:
	static Napi::Value openPinned(const Napi::CallbackInfo& info);
	Napi::Value nameOf(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), name_); }
	Napi::Value idOf(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), id_); }
	Napi::Value closed(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), !fd_.valid()); }
	Napi::Value testRun(const Napi::CallbackInfo& info);
	Napi::Value testRunAsync(const Napi::CallbackInfo& info);
	Napi::Value pin(const Napi::CallbackInfo& info);
	Napi::Value close(const Napi::CallbackInfo& info);

	Fd fd_;
	std::string name_;
	uint32_t id_ = 0;
	uint32_t type_ = 0;
};

}  // namespace heddle
