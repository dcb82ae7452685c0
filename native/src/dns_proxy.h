#pragma once

#include <napi.h>

#include <set>
#include <utility>

#include "dns/engine.h"
#include "dns_hooks.h"
#include "proxy_options.h"
#include "wrapped.h"

namespace heddle {

/** The DNS engine as an object of JavaScript. */
class DnsProxy : public Wrapped<DnsProxy> {
public:
	static constexpr const char* kName = "DnsProxy";
	static constexpr napi_type_tag kTag = {0x8a6c0f6a2f0c4c58, 0xb6a3a4b4a7b1c008};

	explicit DnsProxy(const Napi::CallbackInfo& info);
	~DnsProxy() override { shut(); }
	static Napi::Function define(Napi::Env env);
	void closeAtExit() override { shut(); }

private:
	Status start(Napi::Env env, Napi::Function onRecords, Napi::Function onAnswers);
	Status startDelivery(Napi::Env env, Napi::Function onRecords, Napi::Function onAnswers);
	Status startEngine();
	Status listen(uint32_t network, const std::string& device, uint16_t port);
	void shut();

	Napi::Value addNetwork(const Napi::CallbackInfo& info);
	Napi::Value removeNetwork(const Napi::CallbackInfo& info);
	Napi::Value setRules(const Napi::CallbackInfo& info);
	Napi::Value deleteRules(const Napi::CallbackInfo& info);
	Napi::Value review(const Napi::CallbackInfo& info);
	Napi::Value release(const Napi::CallbackInfo& info);
	Napi::Value forget(const Napi::CallbackInfo& info);
	Napi::Value statistics(const Napi::CallbackInfo& info);
	Napi::Value drain(const Napi::CallbackInfo& info);
	Napi::Value ref(const Napi::CallbackInfo& info);
	Napi::Value unref(const Napi::CallbackInfo& info);
	Napi::Value isClosed(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), !running_); }
	Napi::Value close(const Napi::CallbackInfo& info);

	ProxyOptions common_;
	dns::Limits limits_;
	bool running_ = false;
	/** Networks and their ports. */
	std::set<std::pair<uint32_t, uint32_t>> listeners_;
	// What the engine's threads use outlives them.
	DnsHooks hooks_;
	dns::Engine engine_;
	/** Keeps the proxy alive while it runs. */
	Napi::ObjectReference self_;
};

}  // namespace heddle
