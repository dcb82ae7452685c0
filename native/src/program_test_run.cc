#include <climits>
#include <cstring>

#include "arguments.h"
#include "async.h"
#include "program.h"
#include "test_run.h"
#include "thread.h"

namespace heddle {

static bool readBuffers(Napi::Object options, TestRun& run, Napi::Value& context) {
	Napi::Env env = options.Env();
	Napi::Value data = options.Get("data");
	Bytes bytes;
	if (!data.IsUndefined()) {
		if (!readBytes(env, data, "data", bytes)) return false;
		run.hasData = true;
		run.data.assign(bytes.data, bytes.data + bytes.length);
	}
	context = options.Get("context");
	if (context.IsUndefined()) return true;
	if (!readBytes(env, context, "context", bytes)) return false;
	run.context.assign(bytes.data, bytes.data + bytes.length);
	return true;
}

static bool readTestRun(const Napi::CallbackInfo& info, TestRun& run, Napi::Value& context) {
	Napi::Object options;
	if (!readObject(info.Env(), info[0], "options", options) || !readBuffers(options, run, context)) return false;
	if (!optionalUint32(options, "repeat", "repeat", run.repeat) ||
		!optionalUint32(options, "ifindex", "ifindex", run.ifindex) || !optionalUint32(options, "mark", "mark", run.mark))
		return false;
	if (run.repeat == 0 || run.repeat > INT_MAX) {
		throwArgument(info.Env(), "repeat", "an integer from 1 to 2147483647", std::to_string(run.repeat));
		return false;
	}
	if (run.ifindex == 0) return true;
	Status status = currentNamespace(run.netns);
	if (status.failed()) throwStatus(info.Env(), status);
	return !status.failed();
}

static Napi::Value toResult(Napi::Env env, const TestRun& run, Napi::Value context) {
	// The kernel writes a context back in place.
	Bytes bytes;
	if (!context.IsUndefined() && readBytes(env, context, "context", bytes) && bytes.length == run.context.size() &&
		bytes.length > 0)
		memcpy(bytes.data, run.context.data(), bytes.length);
	Napi::Uint8Array data = Napi::Uint8Array::New(env, run.output.size());
	if (!run.output.empty()) memcpy(data.Data(), run.output.data(), run.output.size());
	Napi::Object result = Napi::Object::New(env);
	result.Set("retval", run.retval);
	result.Set("durationNs", run.durationNs);
	result.Set("data", data);
	return result;
}

class TestRunWorker final : public PromiseWorker {
public:
	TestRunWorker(Napi::Env env, TestRun&& test, Napi::Value context)
		: PromiseWorker(env, "heddle:testRun"), test_(std::move(test)) {
		if (!context.IsUndefined()) context_ = Napi::Persistent(context.As<Napi::Object>());
	}

private:
	Status run() override { return test_.run(); }
	Napi::Value result(Napi::Env env) override {
		return toResult(env, test_, context_.IsEmpty() ? env.Undefined() : Napi::Value(context_.Value()));
	}

	TestRun test_;
	Napi::ObjectReference context_;
};

Napi::Value Program::testRun(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "program");
	TestRun test;
	Napi::Value context;
	if (!readTestRun(info, test, context)) return env.Undefined();
	test.program = fd_.duplicate();
	test.programType = type_;
	Status status = test.run();
	return status.failed() ? throwStatus(env, status) : toResult(env, test, context);
}

Napi::Value Program::testRunAsync(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!fd_.valid()) return throwClosed(env, "program");
	TestRun test;
	Napi::Value context;
	if (!readTestRun(info, test, context)) return env.Undefined();
	test.program = fd_.duplicate();
	test.programType = type_;
	return (new TestRunWorker(env, std::move(test), context))->start();
}

}  // namespace heddle
