#include "http_proxy.h"

#include <fstream>
#include <string>

#include "arguments.h"
#include "http_proxy_arguments.h"
#include "l7/clock.h"
#include "map.h"
#include "modules.h"
#include "proxy_options.h"
#include "proxy_socket.h"
#include "record_layout.h"
#include "thread.h"

namespace heddle {

static_assert(kLeastRecordBytes >= 2 * kLongestRecord, "a ring has room for any record");

/** Of the caller's namespace; empty where it cannot be told. */
static std::string readCongestionControl() {
	std::ifstream file("/proc/sys/net/ipv4/tcp_congestion_control");
	std::string name;
	std::getline(file, name);
	return name;
}

HttpProxy::HttpProxy(const Napi::CallbackInfo& info) : Wrapped(info) {
	Napi::Env env = info.Env();
	Napi::Object options;
	if (!readObject(env, info[0], "options", options) || !readOptions(options) || !openPolicy(options, hooks_.questions) ||
		!openBeat(options))
		return;
	if (!info[1].IsFunction()) {
		throwArgument(env, "onRecords", "a function", info[1]);
		return;
	}
	Status status = start(env, info[1].As<Napi::Function>());
	if (status.failed()) {
		throwStatus(env, status);
		return;
	}
	running_ = true;
	self_ = Napi::Persistent(info.This().As<Napi::Object>());
}

bool HttpProxy::readOptions(Napi::Object options) {
	Napi::Env env = options.Env();
	if (!readProxyOptions(options, common_)) return false;
	Napi::Value headers = options.Get("headers"), limits = options.Get("limits");
	if (headers.IsEmpty() || limits.IsEmpty()) return false;
	return (headers.IsUndefined() || readStrings(env, headers, "headers", hooks_.recordedHeaders)) &&
		readLimits(limits, limits_);
}

bool HttpProxy::openBeat(Napi::Object options) {
	Map* control = Map::from(options.Env(), options.Get("control"), "control");
	if (!control) return false;
	Status status = hooks_.beat.open(*control);
	if (status.failed()) return throwStatus(options.Env(), status), false;
	hooks_.noteTurn(l7::steadyNs() / 1'000'000);
	return true;
}

Status HttpProxy::start(Napi::Env env, Napi::Function onRecords) {
	Status status = common_.makeRings(hooks_.rings);
	if (!status.failed()) status = delivery_.start(env, hooks_.rings, onRecords);
	if (status.failed()) return status;
	hooks_.recent.resize(common_.threads);
	hooks_.remoteCongestion = readCongestionControl();
	hooks_.onRecord = [](void* delivery) { static_cast<RecordDelivery*>(delivery)->wake(); };
	hooks_.onRecordContext = &delivery_;
	status = startEngine();
	if (status.failed()) delivery_.stop();
	return status;
}

/** Threads are in the namespace of who makes them. */
Status HttpProxy::startEngine() {
	return inNamespace(common_.netns.get(), [this] {
		std::string fault;
		if (engine_.start(common_.threads, limits_, hooks_, fault)) return Status::success();
		return Status::of("ERR_SYSTEM", "HTTP proxy: " + fault);
	});
}

void HttpProxy::shut() {
	if (!running_) return;
	running_ = false;
	engine_.stop();
	delivery_.stop();
	hooks_.questions.close();
	hooks_.beat.close();
	common_.netns.reset();
	unlink();
}

Status HttpProxy::add(uint32_t network, const std::string& device, Fd&& socket) {
	std::string fault;
	std::shared_ptr<l7::Listener> listener(new l7::Listener(socket.release(), network, device));
	if (engine_.addListener(listener, fault)) return Status::success();
	return Status::of("ERR_SYSTEM", "network " + std::to_string(network) + ": " + fault);
}

Status HttpProxy::listen(uint32_t network, const std::string& device, uint16_t& port) {
	ProxyListeners sockets;
	Status status = inNamespace(common_.netns.get(), [&] { return listenTransparently(device, sockets); });
	if (!status.failed()) status = add(network, device, std::move(sockets.v4));
	if (!status.failed() && sockets.v6.valid()) status = add(network, device, std::move(sockets.v6));
	if (status.failed()) engine_.removeListeners(network);
	port = sockets.port;
	return status;
}

Napi::Value HttpProxy::addNetwork(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	uint32_t network = 0;
	std::string device;
	if (!readUint32(env, info[0], "network", network, UINT16_MAX) || !readDevice(env, info[1], device)) return env.Undefined();
	if (!running_) return throwClosed(env, "HTTP proxy");
	if (engine_.hasListeners(network))
		return throwStatus(env, Status::of("ERR_EXISTS", "network " + std::to_string(network) + " has been added already"));
	uint16_t port = 0;
	Status status = listen(network, device, port);
	return status.failed() ? throwStatus(env, status) : Napi::Number::New(env, port);
}

Napi::Value HttpProxy::removeNetwork(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	uint32_t network = 0;
	if (!readUint32(env, info[0], "network", network, UINT16_MAX)) return env.Undefined();
	if (!running_) return throwClosed(env, "HTTP proxy");
	return Napi::Boolean::New(env, engine_.removeListeners(network));
}

Napi::Value HttpProxy::setRules(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	uint32_t cookie = 0;
	std::vector<l7::RuleSpec> specs;
	std::vector<std::string> names;
	if (!readUint32(env, info[0], "cookie", cookie) || !readRules(env, info[1], specs)) return env.Undefined();
	if (!info[2].IsUndefined() && !readStrings(env, info[2], "serverNames", names)) return env.Undefined();
	if (!running_) return throwClosed(env, "HTTP proxy");
	// Not make_shared, here and above: without RTTI it needs GLIBCXX 3.4.26.
	std::shared_ptr<l7::RuleSet> rules(new l7::RuleSet);
	std::string fault;
	if (!rules->compile(specs, names, fault)) return throwStatus(env, Status::of("ERR_INVALID_ARGUMENT", fault));
	hooks_.rules.set(cookie, std::move(rules));
	return env.Undefined();
}

Napi::Value HttpProxy::deleteRules(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	uint32_t cookie = 0;
	if (!readUint32(env, info[0], "cookie", cookie)) return env.Undefined();
	if (!running_) return throwClosed(env, "HTTP proxy");
	return Napi::Boolean::New(env, hooks_.rules.remove(cookie));
}

Napi::Value HttpProxy::review(const Napi::CallbackInfo& info) {
	if (!running_) return throwClosed(info.Env(), "HTTP proxy");
	engine_.review();
	return info.Env().Undefined();
}

Napi::Value HttpProxy::drain(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!running_) return throwClosed(env, "HTTP proxy");
	if (delivery_.isDelivering()) return throwStatus(env, Status::of("ERR_BUSY", "drain() inside onRecords"));
	size_t count = delivery_.drain();
	return env.IsExceptionPending() ? env.Undefined() : Napi::Value(Napi::Number::New(env, static_cast<double>(count)));
}

Napi::Value HttpProxy::ref(const Napi::CallbackInfo& info) {
	if (!running_) return throwClosed(info.Env(), "HTTP proxy");
	delivery_.ref(true);
	return info.Env().Undefined();
}

Napi::Value HttpProxy::unref(const Napi::CallbackInfo& info) {
	if (!running_) return throwClosed(info.Env(), "HTTP proxy");
	delivery_.ref(false);
	return info.Env().Undefined();
}

Napi::Value HttpProxy::close(const Napi::CallbackInfo& info) {
	shut();
	self_.Reset();
	return info.Env().Undefined();
}

Napi::Function HttpProxy::define(Napi::Env env) {
	return DefineClass(env, kName,
		{
			InstanceAccessor<&HttpProxy::isClosed>("closed"),
			InstanceMethod<&HttpProxy::addNetwork>("addNetwork"),
			InstanceMethod<&HttpProxy::removeNetwork>("removeNetwork"),
			InstanceMethod<&HttpProxy::setRules>("setRules"),
			InstanceMethod<&HttpProxy::deleteRules>("deleteRules"),
			InstanceMethod<&HttpProxy::review>("review"),
			InstanceMethod<&HttpProxy::statistics>("statistics"),
			InstanceMethod<&HttpProxy::drain>("drain"),
			InstanceMethod<&HttpProxy::ref>("ref"),
			InstanceMethod<&HttpProxy::unref>("unref"),
			InstanceMethod<&HttpProxy::close>("close"),
		});
}

void exportHttpProxy(Napi::Env env, Napi::Object exports) { exports.Set(HttpProxy::kName, HttpProxy::define(env)); }

}  // namespace heddle
