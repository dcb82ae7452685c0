#include "link.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <cerrno>

#include "arguments.h"
#include "async.h"
#include "clsact_wire.h"
#include "modules.h"
#include "netlink_wire.h"
#include "pin.h"
#include "program.h"
#include "thread.h"

namespace heddle {

Link::Link(const Napi::CallbackInfo& info) : Wrapped(info), guardian_(Environment::of(info.Env()).guardian) {
	Attachment* given = source<Attachment>(info);
	if (!given) return;
	attachment_ = std::move(*given);
	closed_ = false;
	// A filter found on an interface is somebody's decision: only detach() removes it.
	kept_ = attachment_.mode == Mode::Clsact && attachment_.guardId == 0;
}

Attachment Link::take() {
	closed_ = true;
	unlink();
	return std::move(attachment_);
}

void Link::release() {
	if (closed_) return;
	bool removes = attachment_.mode == Mode::Clsact && !kept_;
	std::vector<Attachment> taken;
	taken.push_back(take());
	// An unpinned TCX link ends with its descriptor.
	if (removes) detachClsact(guardian_, taken);
}

static Status describeLink(Attachment& out) {
	bpf_link_info info = {};
	uint32_t length = sizeof(info);
	if (bpf_link_get_info_by_fd(out.link.get(), &info, &length) != 0)
		return Status::system(errno, "bpf(BPF_OBJ_GET_INFO_BY_FD)", "link");
	if (info.type != BPF_LINK_TYPE_TCX && info.type != BPF_LINK_TYPE_XDP)
		return Status::of("ERR_INVALID_ARGUMENT",
			"path: expected a pinned TCX or XDP link, found a link of type " + std::to_string(info.type));
	bool xdp = info.type == BPF_LINK_TYPE_XDP;
	out.mode = xdp ? Mode::XdpNative : Mode::Tcx;
	out.ifindex = static_cast<int>(xdp ? info.xdp.ifindex : info.tcx.ifindex);
	out.hook = xdp || info.tcx.attach_type == BPF_TCX_INGRESS ? kIngress : kEgress;
	out.programId = info.prog_id;
	return Status::success();
}

Napi::Value Link::openPinned(const Napi::CallbackInfo& info) {
	Attachment attachment;
	if (!openPin(info, attachment.link)) return info.Env().Undefined();
	Status status = describeLink(attachment);
	if (status.failed()) return throwStatus(info.Env(), status);
	return create(info.Env(), &attachment);
}

Napi::Value Link::mode(const Napi::CallbackInfo& info) {
	return Napi::String::New(info.Env(), attachment_.mode == Mode::Tcx ? "tcx" : isLink(attachment_.mode) ? "xdp" : "clsact");
}
Napi::Value Link::ifindex(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), attachment_.ifindex); }
Napi::Value Link::hook(const Napi::CallbackInfo& info) {
	return Napi::String::New(info.Env(), attachment_.hook == kIngress ? "ingress" : "egress");
}

Napi::Value Link::pin(const Napi::CallbackInfo& info) {
	if (closed_) return throwClosed(info.Env(), "link");
	if (attachment_.mode == Mode::Clsact)
		return throwStatus(info.Env(),
			Status::of("ERR_NOT_SUPPORTED", "a clsact filter cannot be pinned: it stays on the interface by itself (keep)"));
	return pinTo(info, attachment_.link.get());
}

Napi::Value Link::close(const Napi::CallbackInfo& info) {
	release();
	return info.Env().Undefined();
}

Napi::Value Link::keep(const Napi::CallbackInfo& info) {
	if (closed_) return throwClosed(info.Env(), "link");
	if (attachment_.mode == Mode::Clsact && attachment_.guardId != 0) {
		guardian_.forget(attachment_.netns.get(), {attachment_.watched()});
		attachment_.guardId = 0;
	}
	kept_ = true;
	return info.Env().Undefined();
}

class UpdateWorker final : public PromiseWorker {
public:
	UpdateWorker(Napi::Env env, Link* link, const Attachment& attachment, Program* program)
		: PromiseWorker(env, "heddle:update"), guardian_(Environment::of(env).guardian), link_(link),
		  owner_(Napi::Persistent(link->Value())), program_(program->fd().duplicate()), programId_(program->id()) {
		copy_.mode = attachment.mode;
		copy_.ifindex = attachment.ifindex;
		copy_.hook = attachment.hook;
		copy_.netns = attachment.netns;
		copy_.programId = attachment.programId;
		copy_.ownsQdisc = attachment.ownsQdisc;
		copy_.guardId = attachment.guardId;
		if (attachment.link.valid()) copy_.link = attachment.link.duplicate();
	}

private:
	Status run() override {
		if (isLink(copy_.mode)) return replaceLink(copy_.link.get(), program_.get());
		return replaceClsact(guardian_, copy_, program_.get(), programId_);
	}
	Napi::Value result(Napi::Env env) override {
		link_->setProgram(programId_);
		return env.Undefined();
	}

	Guardian& guardian_;
	Link* link_;
	Napi::ObjectReference owner_;
	Fd program_;
	uint32_t programId_;
	Attachment copy_;
};

Napi::Value Link::update(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (closed_) return throwClosed(env, "link");
	Program* program = Program::from(env, info[0], "program");
	if (!program) return env.Undefined();
	if (!program->fd().valid()) return throwClosed(env, "program");
	return (new UpdateWorker(env, this, attachment_, program))->start();
}

class DetachOneWorker final : public PromiseWorker {
public:
	DetachOneWorker(Napi::Env env, Attachment&& attachment)
		: PromiseWorker(env, "heddle:detach"), guardian_(Environment::of(env).guardian) {
		taken_.push_back(std::move(attachment));
	}

private:
	Status run() override { return detachAll(guardian_, taken_); }
	Napi::Value result(Napi::Env env) override { return Napi::Boolean::New(env, true); }
	void abandon(bool cancelled) override {
		if (cancelled) detachAll(guardian_, taken_);
	}

	Guardian& guardian_;
	std::vector<Attachment> taken_;
};

Napi::Value Link::detach(const Napi::CallbackInfo& info) {
	if (closed_) return throwClosed(info.Env(), "link");
	return (new DetachOneWorker(info.Env(), take()))->start();
}

static Napi::Value findClsact(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	Attachment attachment;
	std::string hook;
	if (!readIfindex(env, info[0], "ifindex", attachment.ifindex) || !readString(env, info[1], "hook", hook))
		return env.Undefined();
	if (hook != "ingress" && hook != "egress") return throwArgument(env, "hook", "'ingress' or 'egress'", info[1]);
	attachment.mode = Mode::Clsact;
	attachment.hook = hook == "ingress" ? kIngress : kEgress;
	Fd netns, netlink(openNetlink());
	if (!netlink.valid()) return throwStatus(env, Status::system(errno, "socket", "rtnetlink"));
	int error = findFilter(netlink.get(), attachment.ifindex, attachment.hook, attachment.programId);
	if (error == ENOENT || error == ENODEV) return env.Undefined();
	Status status = error == 0 ? currentNamespace(netns)
							   : Status::system(error, "rtnetlink", describeHook(attachment.ifindex, attachment.hook));
	if (status.failed()) return throwStatus(env, status);
	attachment.netns = SharedFd(std::move(netns));
	return Link::create(env, &attachment);
}

Napi::Function Link::define(Napi::Env env) {
	return DefineClass(env, kName,
		{
			StaticMethod<&Link::openPinned>("openPinned"),
			InstanceAccessor<&Link::mode>("mode"),
			InstanceAccessor<&Link::ifindex>("ifindex"),
			InstanceAccessor<&Link::hook>("hook"),
			InstanceAccessor<&Link::closed>("closed"),
			InstanceMethod<&Link::update>("update"),
			InstanceMethod<&Link::pin>("pin"),
			InstanceMethod<&Link::detach>("detach"),
			InstanceMethod<&Link::close>("close"),
			InstanceMethod<&Link::keep>("keep"),
		});
}

void exportLink(Environment& environment, Napi::Env env, Napi::Object exports) {
	Napi::Function constructor = Link::define(env);
	environment.linkConstructor = Napi::Persistent(constructor);
	exports.Set(Link::kName, constructor);
	exports.Set("findClsact", Napi::Function::New<findClsact>(env, "findClsact"));
}

}  // namespace heddle
