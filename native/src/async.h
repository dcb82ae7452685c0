#pragma once

#include <napi.h>
#include <uv.h>

#include "environment.h"
#include "errors.h"
#include "handle.h"

namespace heddle {

/**
 * One operation off the main thread with a promise. Owns all it needs: handles may close while it runs.
 * When the environment ends first, the operation is cancelled or waited for, and undone.
 */
class PromiseWorker : public Napi::AsyncWorker, public Handle {
public:
	PromiseWorker(Napi::Env env, const char* name)
		: Napi::AsyncWorker(env, name), deferred_(Napi::Promise::Deferred::New(env)) {
		uv_sem_init(&finished_, 0);
		Environment::of(env).operations.add(this);
	}
	~PromiseWorker() override { uv_sem_destroy(&finished_); }

	Napi::Value start() {
		Napi::Promise promise = deferred_.Promise();
		Queue();
		return promise;
	}

	void closeAtExit() override {
		napi_async_work work = *this;
		bool cancelled = napi_cancel_async_work(Env(), work) == napi_ok;
		if (!cancelled) uv_sem_wait(&finished_);
		abandoned_ = true;
		abandon(cancelled);
	}

protected:
	/** On a thread of the pool. */
	virtual Status run() = 0;
	/** On the JavaScript thread, after success. */
	virtual Napi::Value result(Napi::Env env) { return env.Undefined(); }
	/** Nobody will see the result: undo what must not stay. No JavaScript. */
	virtual void abandon(bool /*cancelled*/) {}

private:
	void Execute() override {
		status_ = run();
		uv_sem_post(&finished_);
	}

	void OnOK() override {
		// The environment is ending: no JavaScript any more.
		if (abandoned_) return;
		unlink();
		Napi::Env env = Env();
		if (status_.failed()) {
			deferred_.Reject(toError(env, status_).Value());
			return;
		}
		Napi::Value value = result(env);
		if (env.IsExceptionPending()) deferred_.Reject(env.GetAndClearPendingException().Value());
		else deferred_.Resolve(value);
	}

	Napi::Promise::Deferred deferred_;
	Status status_;
	uv_sem_t finished_;
	bool abandoned_ = false;
};

}  // namespace heddle
