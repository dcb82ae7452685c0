#include "arguments.h"
#include "async.h"
#include "clsact_wire.h"
#include "expedited.h"
#include "link.h"
#include "modules.h"
#include "privilege.h"
#include "program.h"
#include "thread.h"

namespace heddle {

class AttachWorker final : public PromiseWorker {
public:
	AttachWorker(Napi::Env env, Mode mode, SharedFd netns, std::vector<AttachItem>&& items, bool expedited)
		: PromiseWorker(env, "heddle:attach"), guardian_(Environment::of(env).guardian), mode_(mode), netns_(std::move(netns)),
		  items_(std::move(items)), expedited_(expedited) {}

private:
	Status run() override {
		ExpeditedWindow window(expedited_);
		if (mode_ == Mode::Clsact) return attachClsact(guardian_, netns_, items_, attached_);
		return inNamespace(netns_.get(), [this] { return attachLinks(mode_, items_, attached_); });
	}
	Napi::Value result(Napi::Env env) override {
		Napi::Array links = Napi::Array::New(env, attached_.size());
		for (size_t i = 0; i < attached_.size(); i++) links.Set(static_cast<uint32_t>(i), Link::create(env, &attached_[i]));
		return links;
	}
	void abandon(bool) override { detachAll(guardian_, attached_); }

	Guardian& guardian_;
	Mode mode_;
	SharedFd netns_;
	std::vector<AttachItem> items_;
	bool expedited_;
	std::vector<Attachment> attached_;
};

class DetachWorker final : public PromiseWorker {
public:
	DetachWorker(Napi::Env env, std::vector<Attachment>&& attachments, bool expedited)
		: PromiseWorker(env, "heddle:detach"), guardian_(Environment::of(env).guardian), attachments_(std::move(attachments)),
		  expedited_(expedited) {}

private:
	Status run() override {
		ExpeditedWindow window(expedited_);
		return detachAll(guardian_, attachments_);
	}
	void abandon(bool cancelled) override {
		if (cancelled) detachAll(guardian_, attachments_);
	}

	Guardian& guardian_;
	std::vector<Attachment> attachments_;
	bool expedited_;
};

static bool readHook(Napi::Env env, Napi::Value value, uint32_t& out) {
	std::string hook = value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
	if (hook != "ingress" && hook != "egress") return throwArgument(env, "hook", "'ingress' or 'egress'", value), false;
	out = hook == "ingress" ? kIngress : kEgress;
	return true;
}

static bool readMode(Napi::Env env, Napi::Value value, Mode& out) {
	static const std::pair<const char*, Mode> kModes[] = {
		{"tcx", Mode::Tcx}, {"clsact", Mode::Clsact}, {"xdp-native", Mode::XdpNative}, {"xdp-generic", Mode::XdpGeneric}};
	std::string text = value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
	for (const auto& [name, mode] : kModes)
		if (text == name) return out = mode, true;
	return throwArgument(env, "mode", "'tcx', 'clsact', 'xdp-native' or 'xdp-generic'", value), false;
}

static bool readRequest(Napi::Env env, Napi::Value value, AttachItem& out) {
	Napi::Object request;
	if (!readObject(env, value, "request", request)) return false;
	Program* program = Program::from(env, request.Get("program"), "program");
	if (!program) return false;
	if (!program->fd().valid()) return throwClosed(env, "program"), false;
	if (!readIfindex(env, request.Get("ifindex"), "ifindex", out.ifindex) || !readHook(env, request.Get("hook"), out.hook))
		return false;
	out.program = program->fd().duplicate();
	out.programId = program->id();
	return true;
}

static bool readNamespace(Napi::Env env, Napi::Object options, SharedFd& out) {
	int fd = -1;
	if (!optionalFd(options, "netns", "netns", fd)) return false;
	Fd netns;
	Status status = fd >= 0 ? checkNamespace(fd) : currentNamespace(netns);
	if (status.failed()) return throwStatus(env, status), false;
	if (fd >= 0) netns.reset(fcntl(fd, F_DUPFD_CLOEXEC, 3));
	out = SharedFd(std::move(netns));
	return true;
}

static Napi::Value attach(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!info[0].IsArray()) return throwArgument(env, "requests", "an array", info[0]);
	Napi::Array requests = info[0].As<Napi::Array>();
	std::vector<AttachItem> items(requests.Length());
	for (uint32_t i = 0; i < requests.Length(); i++)
		if (!readRequest(env, requests.Get(i), items[i])) return env.Undefined();
	Napi::Object options;
	if (!readObject(env, info[1], "options", options)) return env.Undefined();
	Mode mode = Mode::Tcx;
	if (!readMode(env, options.Get("mode"), mode)) return env.Undefined();
	bool expedited = false;
	SharedFd netns;
	if (!optionalBoolean(options, "expedited", "expedited", expedited) || !readNamespace(env, options, netns))
		return env.Undefined();
	return (new AttachWorker(env, mode, std::move(netns), std::move(items), expedited))->start();
}

static Napi::Value detach(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!info[0].IsArray()) return throwArgument(env, "links", "an array", info[0]);
	bool expedited = false;
	if (!readExpedited(env, info[1], expedited)) return env.Undefined();
	Napi::Array array = info[0].As<Napi::Array>();
	std::vector<Link*> links;
	for (uint32_t i = 0; i < array.Length(); i++) {
		Link* link = Link::from(env, array.Get(i), "links");
		if (!link) return env.Undefined();
		if (link->isClosed()) return throwClosed(env, "link");
		links.push_back(link);
	}
	std::vector<Attachment> taken;
	for (Link* link : links)
		// The same link may be in the list twice.
		if (!link->isClosed()) taken.push_back(link->take());
	return (new DetachWorker(env, std::move(taken), expedited))->start();
}

void exportAttach(Napi::Env env, Napi::Object exports) {
	exports.Set("attach", Napi::Function::New<attach>(env, "attach"));
	exports.Set("detach", Napi::Function::New<detach>(env, "detach"));
}

}  // namespace heddle
