#include "http_proxy.h"

#include "arguments.h"
#include "http_proxy_arguments.h"
#include "map.h"
#include "modules.h"
#include "program.h"
#include "proxy_socket.h"
#include "record_layout.h"
#include "thread.h"

namespace heddle {

static constexpr uint32_t kMostThreads = 256;
static constexpr uint32_t kLeastRecordBytes = 64 << 10, kMostRecordBytes = 1 << 30;

static_assert(kLeastRecordBytes >= 2 * kLongestRecord, "a ring has room for any record");

HttpProxy::HttpProxy(const Napi::CallbackInfo& info) : Wrapped(info) {
	Napi::Env env = info.Env();
	Napi::Object options;
	if (!readObject(env, info[0], "options", options) || !readOptions(options) || !openPolicy(options)) return;
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

static bool readRange(Napi::Object options, const char* name, uint32_t least, uint32_t most, uint32_t& out) {
	if (!optionalUint32(options, name, name, out)) return false;
	if (out >= least && out <= most) return true;
	std::string expected = "an integer from " + std::to_string(least) + " to " + std::to_string(most);
	return throwArgument(options.Env(), name, expected, std::to_string(out)), false;
}

bool HttpProxy::readOptions(Napi::Object options) {
	Napi::Env env = options.Env();
	int netns = -1;
	if (!readFd(env, options.Get("netns"), "netns", netns)) return false;
	Status status = checkNamespace(netns);
	if (status.failed()) return throwStatus(env, status), false;
	netns_.reset(fcntl(netns, F_DUPFD_CLOEXEC, 3));
	if (!netns_.valid()) return throwStatus(env, Status::system(errno, "fcntl", "netns")), false;
	if (!readRange(options, "threads", 1, kMostThreads, threads_) ||
		!readRange(options, "recordBytes", kLeastRecordBytes, kMostRecordBytes, recordBytes_))
		return false;
	Napi::Value headers = options.Get("headers"), limits = options.Get("limits");
	if (headers.IsEmpty() || limits.IsEmpty()) return false;
	return (headers.IsUndefined() || readStrings(env, headers, "headers", hooks_.recordedHeaders)) &&
		readLimits(limits, limits_);
}

bool HttpProxy::openPolicy(Napi::Object options) {
	Napi::Env env = options.Env();
	Program* ask = Program::from(env, options.Get("ask"), "ask");
	Map* control = ask ? Map::from(env, options.Get("control"), "control") : nullptr;
	if (!control) return false;
	if (!ask->fd().valid()) return throwClosed(env, "ask"), false;
	if (control->fd() < 0) return throwClosed(env, "control"), false;
	Status status = hooks_.questions.open(*ask, *control);
	if (status.failed()) throwStatus(env, status);
	return !status.failed();
}

static size_t powerOfTwo(size_t atLeast) {
	size_t size = 1;
	while (size < atLeast) size *= 2;
	return size;
}

Status HttpProxy::start(Napi::Env env, Napi::Function onRecords) {
	for (uint32_t i = 0; i < threads_; i++) {
		hooks_.rings.push_back(std::make_unique<RecordRing>(powerOfTwo(recordBytes_)));
		if (!hooks_.rings.back()->isReady()) return Status::of("ERR_NO_MEMORY", "HTTP proxy: no memory for records");
	}
	Status status = delivery_.start(env, hooks_.rings, onRecords);
	if (status.failed()) return status;
	hooks_.onRecord = [](void* delivery) { static_cast<RecordDelivery*>(delivery)->wake(); };
	hooks_.onRecordContext = &delivery_;
	status = startEngine();
	if (status.failed()) delivery_.stop();
	return status;
}

/** Threads are in the namespace of who makes them. */
Status HttpProxy::startEngine() {
	return inNamespace(netns_.get(), [this] {
		std::string fault;
		if (engine_.start(threads_, limits_, hooks_, fault)) return Status::success();
		return Status::of("ERR_SYSTEM", "HTTP proxy: " + fault);
	});
}

void HttpProxy::shut() {
	if (!running_) return;
	running_ = false;
	engine_.stop();
	delivery_.stop();
	hooks_.questions.close();
	netns_.reset();
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
	Status status = inNamespace(netns_.get(), [&] { return listenTransparently(device, sockets); });
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
	if (!readUint32(env, info[0], "network", network, UINT16_MAX) || !readString(env, info[1], "device", device))
		return env.Undefined();
	if (!running_) return throwClosed(env, "HTTP proxy");
	// An empty name would mean every device.
	if (device.empty() || device.size() > 15)
		return throwArgument(env, "device", "an interface name of 1 to 15 bytes", '"' + device + '"');
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
	if (!readUint32(env, info[0], "cookie", cookie) || !readRules(env, info[1], specs)) return env.Undefined();
	if (!running_) return throwClosed(env, "HTTP proxy");
	// Not make_shared, here and above: without RTTI it needs GLIBCXX 3.4.26.
	std::shared_ptr<l7::RuleSet> rules(new l7::RuleSet);
	std::string fault;
	if (!rules->compile(specs, fault)) return throwStatus(env, Status::of("ERR_INVALID_ARGUMENT", fault));
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
