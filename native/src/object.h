#pragma once

#include <napi.h>

#include "load.h"
#include "wrapped.h"

namespace heddle {

/** A loaded object: records of map and program handles by name. */
class Object : public Wrapped<Object> {
public:
	static constexpr const char* kName = "BpfObject";
	static constexpr napi_type_tag kTag = {0x8a6c0f6a2f0c4c53, 0xb6a3a4b4a7b1c003};
	static Napi::FunctionReference& constructor(Environment& environment) { return environment.objectConstructor; }

	explicit Object(const Napi::CallbackInfo& info);
	static Napi::Function define(Napi::Env env);
	/** The maps and programs are handles of their own. */
	void closeAtExit() override {}

private:
	Napi::Value maps(const Napi::CallbackInfo& info) { return Napi::Value(info.Env(), maps_.Value()); }
	Napi::Value programs(const Napi::CallbackInfo& info) { return Napi::Value(info.Env(), programs_.Value()); }
	Napi::Value close(const Napi::CallbackInfo& info);

	Napi::ObjectReference maps_;
	Napi::ObjectReference programs_;
};

}  // namespace heddle
