#include <sys/utsname.h>

#include "arguments.h"
#include "bpffs.h"
#include "errors.h"
#include "expedited.h"
#include "features.h"
#include "libbpf_log.h"
#include "map.h"
#include "modules.h"
#include "privilege.h"

namespace heddle {

static Napi::Value possibleCpus(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), possibleCpuCount()); }

static Napi::Value kernelRelease(const Napi::CallbackInfo& info) {
	utsname names = {};
	uname(&names);
	return Napi::String::New(info.Env(), names.release);
}

static Napi::Value missingPrivilegeLine(const Napi::CallbackInfo& info) {
	std::string missing = missingPrivilege();
	return missing.empty() ? info.Env().Undefined() : Napi::Value(Napi::String::New(info.Env(), missing));
}

static bool hasTcx(Napi::Env env, bool& available) {
	std::string missing = missingPrivilege();
	Status status = missing.empty() ? probeTcx(available) : Status::of("ERR_PERMISSION", missing);
	if (status.failed()) throwStatus(env, status);
	return !status.failed();
}

static Napi::Value probeAttachMode(const Napi::CallbackInfo& info) {
	bool available = false;
	if (!hasTcx(info.Env(), available)) return info.Env().Undefined();
	return Napi::String::New(info.Env(), available ? "tcx" : "clsact");
}

static Napi::Value features(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	bool tcx = false;
	if (!hasTcx(env, tcx)) return env.Undefined();
	Napi::Object object = Napi::Object::New(env);
	object.Set("tcx", Napi::Boolean::New(env, tcx));
	object.Set("netkit", Napi::Boolean::New(env, probeNetkit()));
	object.Set("lpmBatch", Napi::Boolean::New(env, probeLpmBatch()));
	object.Set("rcuExpedited", Napi::Boolean::New(env, canExpedite()));
	return object;
}

static Napi::Value ensureBpffsAt(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	std::string path;
	if (!readString(env, info[0], "path", path)) return env.Undefined();
	bool mounted = false;
	Status status = ensureBpffs(path, mounted);
	return status.failed() ? throwStatus(env, status) : Napi::Value(Napi::Boolean::New(env, mounted));
}

void exportSystem(Napi::Env env, Napi::Object exports) {
	captureLibbpfLog();
	exports.Set("possibleCpus", Napi::Function::New<possibleCpus>(env, "possibleCpus"));
	exports.Set("kernelRelease", Napi::Function::New<kernelRelease>(env, "kernelRelease"));
	exports.Set("missingPrivilege", Napi::Function::New<missingPrivilegeLine>(env, "missingPrivilege"));
	exports.Set("probeAttachMode", Napi::Function::New<probeAttachMode>(env, "probeAttachMode"));
	exports.Set("features", Napi::Function::New<features>(env, "features"));
	exports.Set("ensureBpffs", Napi::Function::New<ensureBpffsAt>(env, "ensureBpffs"));
}

}  // namespace heddle
