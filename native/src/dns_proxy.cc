#include "dns_proxy.h"

#include "arguments.h"
#include "dns_proxy_arguments.h"
#include "dns_record_layout.h"
#include "dns_socket.h"
#include "modules.h"
#include "thread.h"

namespace heddle {

static_assert(kLeastRecordBytes >= 2 * kLongestLesson, "a ring has room for any lesson");

static constexpr const char* kWhat = "DNS proxy";
/** Whoever waits for an answer waits for its delivery, too. */
static constexpr uint64_t kAnswersMs = 1, kRecordsMs = 5;

static bool readFunction(Napi::Object handlers, const char* name, Napi::Function& out) {
	Napi::Value value = handlers.Get(name);
	if (value.IsEmpty()) return false;
	if (!value.IsFunction()) return throwArgument(handlers.Env(), name, "a function", value), false;
	out = value.As<Napi::Function>();
	return true;
}

DnsProxy::DnsProxy(const Napi::CallbackInfo& info) : Wrapped(info) {
	Napi::Env env = info.Env();
	Napi::Object options, handlers;
	Napi::Function onRecords, onAnswers;
	if (!readObject(env, info[0], "options", options) || !readProxyOptions(options, common_) ||
		!readDnsLimits(options.Get("limits"), limits_) || !openPolicy(options, hooks_.questions) ||
		!readObject(env, info[1], "handlers", handlers) || !readFunction(handlers, "onRecords", onRecords) ||
		!readFunction(handlers, "onAnswers", onAnswers))
		return;
	Status status = start(env, onRecords, onAnswers);
	if (status.failed()) {
		throwStatus(env, status);
		return;
	}
	running_ = true;
	self_ = Napi::Persistent(info.This().As<Napi::Object>());
}

Status DnsProxy::startDelivery(Napi::Env env, Napi::Function onRecords, Napi::Function onAnswers) {
	Status status = common_.makeRings(hooks_.records);
	if (!status.failed()) status = common_.makeRings(hooks_.lessons);
	if (!status.failed()) status = hooks_.recordDelivery.start(env, hooks_.records, onRecords, kRecordsMs);
	if (!status.failed()) status = hooks_.lessonDelivery.start(env, hooks_.lessons, onAnswers, kAnswersMs);
	return status;
}

Status DnsProxy::start(Napi::Env env, Napi::Function onRecords, Napi::Function onAnswers) {
	Status status = startDelivery(env, onRecords, onAnswers);
	if (!status.failed()) status = startEngine();
	if (!status.failed()) return status;
	hooks_.recordDelivery.stop();
	hooks_.lessonDelivery.stop();
	return status;
}

/** Threads are in the namespace of who makes them. */
Status DnsProxy::startEngine() {
	return inNamespace(common_.netns.get(), [this] {
		std::string fault;
		if (engine_.start(common_.threads, limits_, hooks_, fault)) return Status::success();
		return Status::of("ERR_SYSTEM", std::string(kWhat) + ": " + fault);
	});
}

void DnsProxy::shut() {
	if (!running_) return;
	running_ = false;
	engine_.stop();
	hooks_.recordDelivery.stop();
	hooks_.lessonDelivery.stop();
	hooks_.questions.close();
	common_.netns.reset();
	unlink();
}

Status DnsProxy::listen(uint32_t network, const std::string& device, uint16_t port) {
	auto listener = std::make_shared<dns::Listener>(network, device);
	Status status = inNamespace(common_.netns.get(), [&] { return listenForQueries(port, *listener); });
	if (status.failed() || engine_.addListener(std::move(listener))) return status;
	// None of the network's is left then.
	for (auto at = listeners_.lower_bound({network, 0}); at != listeners_.end() && at->first == network;)
		at = listeners_.erase(at);
	return Status::of("ERR_SYSTEM", "network " + std::to_string(network) + ": its sockets cannot be watched");
}

Napi::Value DnsProxy::addNetwork(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	uint32_t network = 0, port = 53;
	std::string device;
	if (!readUint32(env, info[0], "network", network, UINT16_MAX) || !readDevice(env, info[1], device) ||
		!readPort(env, info[2], port))
		return env.Undefined();
	if (!running_) return throwClosed(env, kWhat);
	if (listeners_.count({network, port}))
		return throwStatus(env,
			Status::of("ERR_EXISTS",
				"network " + std::to_string(network) + " has been added already with port " + std::to_string(port)));
	Status status = listen(network, device, static_cast<uint16_t>(port));
	if (status.failed()) return throwStatus(env, status);
	listeners_.insert({network, port});
	return env.Undefined();
}

Napi::Value DnsProxy::removeNetwork(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	uint32_t network = 0;
	if (!readUint32(env, info[0], "network", network, UINT16_MAX)) return env.Undefined();
	if (!running_) return throwClosed(env, kWhat);
	auto begin = listeners_.lower_bound({network, 0}), end = listeners_.lower_bound({network + 1, 0});
	bool were = begin != end;
	listeners_.erase(begin, end);
	if (were) engine_.removeListeners(network);
	return Napi::Boolean::New(env, were);
}

Napi::Value DnsProxy::setRules(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	uint32_t cookie = 0;
	std::vector<dns::RuleSpec> specs;
	if (!readUint32(env, info[0], "cookie", cookie) || !readDnsRules(env, info[1], specs)) return env.Undefined();
	if (!running_) return throwClosed(env, kWhat);
	auto rules = std::make_shared<dns::RuleSet>();
	std::string fault;
	if (!rules->compile(specs, fault)) return throwStatus(env, Status::of("ERR_INVALID_ARGUMENT", fault));
	hooks_.rules.set(cookie, std::move(rules));
	return env.Undefined();
}

Napi::Value DnsProxy::deleteRules(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	uint32_t cookie = 0;
	if (!readUint32(env, info[0], "cookie", cookie)) return env.Undefined();
	if (!running_) return throwClosed(env, kWhat);
	return Napi::Boolean::New(env, hooks_.rules.remove(cookie));
}

Napi::Value DnsProxy::review(const Napi::CallbackInfo& info) {
	if (!running_) return throwClosed(info.Env(), kWhat);
	engine_.review();
	return info.Env().Undefined();
}

Napi::Value DnsProxy::release(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	uint64_t ticket = 0;
	if (!readTicket(env, info[0], ticket)) return env.Undefined();
	if (!info[1].IsUndefined() && !info[1].IsBoolean()) return throwArgument(env, "learned", "a boolean", info[1]);
	if (!running_) return throwClosed(env, kWhat);
	engine_.release(ticket, info[1].IsUndefined() || info[1].As<Napi::Boolean>().Value());
	return env.Undefined();
}

Napi::Value DnsProxy::forget(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	std::string name;
	if (!readString(env, info[0], "name", name)) return env.Undefined();
	if (!running_) return throwClosed(env, kWhat);
	engine_.forget(dns::canonicalText(name));
	return env.Undefined();
}

Napi::Value DnsProxy::drain(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!running_) return throwClosed(env, kWhat);
	if (hooks_.recordDelivery.isDelivering() || hooks_.lessonDelivery.isDelivering())
		return throwStatus(env, Status::of("ERR_BUSY", "drain() inside onRecords or onAnswers"));
	size_t count = hooks_.lessonDelivery.drain();
	if (!env.IsExceptionPending() && running_) count += hooks_.recordDelivery.drain();
	return env.IsExceptionPending() ? env.Undefined() : Napi::Value(Napi::Number::New(env, static_cast<double>(count)));
}

Napi::Value DnsProxy::ref(const Napi::CallbackInfo& info) {
	if (!running_) return throwClosed(info.Env(), kWhat);
	for (RecordDelivery* delivery : {&hooks_.recordDelivery, &hooks_.lessonDelivery}) delivery->ref(true);
	return info.Env().Undefined();
}

Napi::Value DnsProxy::unref(const Napi::CallbackInfo& info) {
	if (!running_) return throwClosed(info.Env(), kWhat);
	for (RecordDelivery* delivery : {&hooks_.recordDelivery, &hooks_.lessonDelivery}) delivery->ref(false);
	return info.Env().Undefined();
}

Napi::Value DnsProxy::close(const Napi::CallbackInfo& info) {
	shut();
	self_.Reset();
	return info.Env().Undefined();
}

Napi::Function DnsProxy::define(Napi::Env env) {
	return DefineClass(env, kName,
		{
			InstanceAccessor<&DnsProxy::isClosed>("closed"),
			InstanceMethod<&DnsProxy::addNetwork>("addNetwork"),
			InstanceMethod<&DnsProxy::removeNetwork>("removeNetwork"),
			InstanceMethod<&DnsProxy::setRules>("setRules"),
			InstanceMethod<&DnsProxy::deleteRules>("deleteRules"),
			InstanceMethod<&DnsProxy::review>("review"),
			InstanceMethod<&DnsProxy::release>("release"),
			InstanceMethod<&DnsProxy::forget>("forget"),
			InstanceMethod<&DnsProxy::statistics>("statistics"),
			InstanceMethod<&DnsProxy::drain>("drain"),
			InstanceMethod<&DnsProxy::ref>("ref"),
			InstanceMethod<&DnsProxy::unref>("unref"),
			InstanceMethod<&DnsProxy::close>("close"),
		});
}

void exportDnsProxy(Napi::Env env, Napi::Object exports) { exports.Set(DnsProxy::kName, DnsProxy::define(env)); }

}  // namespace heddle
