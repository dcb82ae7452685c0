#include "environment.h"

#include "modules.h"

namespace heddle {

static void closeEverything(void* data) {
	auto* environment = static_cast<Environment*>(data);
	environment->operations.closeAll();
	environment->handles.closeAll();
	environment->guardian.stop();
}

Environment::Environment(Napi::Env env, Napi::Object exports) {
	// Napi::Addon sets the instance data only after this constructor; the classes below do not need it yet.
	exportMap(*this, env, exports);
	exportProgram(*this, env, exports);
	exportObject(*this, env, exports);
	exportLink(*this, env, exports);
	exportAttach(env, exports);
	exportRingReader(env, exports);
	exportHttpProxy(env, exports);
	exportNetlink(env, exports);
	exportNetns(env, exports);
	exportSysctl(env, exports);
	exportSystem(env, exports);
	DefineAddon(exports, {});
	napi_add_env_cleanup_hook(env, closeEverything, this);
}

Environment::~Environment() = default;

NODE_API_ADDON(Environment)

}  // namespace heddle
