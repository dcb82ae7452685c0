#include "l7/context.h"
#include "http_proxy.h"

namespace heddle {

struct Count {
	const char* name;
	const std::atomic<uint64_t>& value;
};

Napi::Value HttpProxy::statistics(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	const l7::Statistics& engine = engine_.statistics();
	const Count counts[] = {{"connections", engine.connections}, {"accepted", engine.accepted}, {"requests", engine.requests},
		{"denied", engine.denied}, {"malformed", engine.malformed}, {"refusedByConnections", engine.refusedByConnections},
		{"refusedByClient", engine.refusedByClient}, {"refusedForDescriptors", engine.refusedForDescriptors},
		{"upstreamFailures", engine.upstreamFailures}, {"timeouts", engine.timeouts},
		{"policyQuestions", hooks_.policyQuestions}, {"policyFailures", hooks_.policyFailures},
		{"otherPorts", hooks_.otherPorts}};
	Napi::Object object = Napi::Object::New(env);
	for (const Count& count : counts) object.Set(count.name, static_cast<double>(count.value.load(std::memory_order_relaxed)));
	uint64_t lost = 0;
	for (auto& ring : hooks_.rings) lost += ring->lost();
	object.Set("recordsLost", static_cast<double>(lost));
	return object;
}

}  // namespace heddle
