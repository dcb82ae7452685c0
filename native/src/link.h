#pragma once

#include <napi.h>

#include "attachment.h"
#include "wrapped.h"

namespace heddle {

class Link : public Wrapped<Link> {
public:
	static constexpr const char* kName = "Link";
	static constexpr napi_type_tag kTag = {0x8a6c0f6a2f0c4c54, 0xb6a3a4b4a7b1c004};
	static Napi::FunctionReference& constructor(Environment& environment) { return environment.linkConstructor; }

	explicit Link(const Napi::CallbackInfo& info);
	~Link() override { release(); }
	static Napi::Function define(Napi::Env env);

	void closeAtExit() override { release(); }
	bool isClosed() const { return closed_; }
	/** Takes what it holds; the handle is closed. */
	Attachment take();
	/** After a successful replacement. */
	void setProgram(uint32_t programId) { attachment_.programId = programId; }

private:
	static Napi::Value openPinned(const Napi::CallbackInfo& info);
	Napi::Value mode(const Napi::CallbackInfo& info);
	Napi::Value ifindex(const Napi::CallbackInfo& info);
	Napi::Value hook(const Napi::CallbackInfo& info);
	Napi::Value closed(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), closed_); }
	Napi::Value update(const Napi::CallbackInfo& info);
	Napi::Value detach(const Napi::CallbackInfo& info);
	Napi::Value pin(const Napi::CallbackInfo& info);
	Napi::Value close(const Napi::CallbackInfo& info);
	Napi::Value keep(const Napi::CallbackInfo& info);
	void release();

	Guardian& guardian_;
	Attachment attachment_;
	bool closed_ = true;
	bool kept_ = false;
};

}  // namespace heddle
