#include "dns_proxy.h"

namespace heddle {

struct Count {
	const char* name;
	const std::atomic<uint64_t>& value;
};

static double lostOf(const RecordDelivery::Rings& rings) {
	uint64_t lost = 0;
	for (auto& ring : rings) lost += ring->lost();
	return static_cast<double>(lost);
}

Napi::Value DnsProxy::statistics(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	const dns::Statistics& engine = engine_.statistics();
	const Count counts[] = {{"active", engine.active}, {"sockets", engine.sockets}, {"queries", engine.queries},
		{"forwarded", engine.forwarded}, {"answered", engine.answered}, {"denied", engine.denied},
		{"malformed", engine.malformed}, {"unredirected", engine.unredirected}, {"limited", engine.limited},
		{"mismatched", engine.mismatched}, {"badAnswers", engine.badAnswers}, {"upstreamFailures", engine.upstreamFailures},
		{"timeouts", engine.timeouts}, {"held", engine.held}, {"unlearned", engine.unlearned}, {"unsent", engine.unsent},
		{"policyQuestions", hooks_.policyQuestions}, {"policyFailures", hooks_.policyFailures}};
	Napi::Object object = Napi::Object::New(env);
	for (const Count& count : counts) object.Set(count.name, static_cast<double>(count.value.load(std::memory_order_relaxed)));
	object.Set("recordsLost", lostOf(hooks_.records));
	object.Set("answersLost", lostOf(hooks_.lessons));
	return object;
}

}  // namespace heddle
