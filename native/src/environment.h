#pragma once

#include <napi.h>

#include "guardian.h"
#include "handle.h"

namespace heddle {

/** What one JavaScript environment (main thread or worker) holds. There is no other state. */
class Environment : public Napi::Addon<Environment> {
public:
	Environment(Napi::Env env, Napi::Object exports);
	~Environment();

	static Environment& of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

	HandleList handles;
	HandleList operations;
	Guardian guardian;
	Napi::FunctionReference mapConstructor;
	Napi::FunctionReference programConstructor;
	Napi::FunctionReference linkConstructor;
	Napi::FunctionReference objectConstructor;
};

}  // namespace heddle
