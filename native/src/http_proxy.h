#pragma once

#include <napi.h>

#include "l7/engine.h"
#include "fd.h"
#include "proxy_hooks.h"
#include "proxy_options.h"
#include "record_delivery.h"
#include "wrapped.h"

namespace heddle {

/** The L7 engine as an object of JavaScript. */
class HttpProxy : public Wrapped<HttpProxy> {
public:
	static constexpr const char* kName = "HttpProxy";
	static constexpr napi_type_tag kTag = {0x8a6c0f6a2f0c4c57, 0xb6a3a4b4a7b1c007};

	explicit HttpProxy(const Napi::CallbackInfo& info);
	~HttpProxy() override { shut(); }
	static Napi::Function define(Napi::Env env);
	void closeAtExit() override { shut(); }

private:
	bool readOptions(Napi::Object options);
	bool openBeat(Napi::Object options);
	Status start(Napi::Env env, Napi::Function onRecords);
	Status startEngine();
	Status listen(uint32_t network, const std::string& device, uint16_t& port);
	Status add(uint32_t network, const std::string& device, Fd&& socket);
	void shut();

	Napi::Value addNetwork(const Napi::CallbackInfo& info);
	Napi::Value removeNetwork(const Napi::CallbackInfo& info);
	Napi::Value setRules(const Napi::CallbackInfo& info);
	Napi::Value deleteRules(const Napi::CallbackInfo& info);
	Napi::Value review(const Napi::CallbackInfo& info);
	Napi::Value statistics(const Napi::CallbackInfo& info);
	Napi::Value drain(const Napi::CallbackInfo& info);
	Napi::Value ref(const Napi::CallbackInfo& info);
	Napi::Value unref(const Napi::CallbackInfo& info);
	Napi::Value isClosed(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), !running_); }
	Napi::Value close(const Napi::CallbackInfo& info);

	ProxyOptions common_;
	l7::Limits limits_;
	bool running_ = false;
	// What the engine's threads use outlives them.
	ProxyHooks hooks_;
	RecordDelivery delivery_;
	l7::Engine engine_;
	/** Keeps the proxy alive while it runs. */
	Napi::ObjectReference self_;
};

}  // namespace heddle
