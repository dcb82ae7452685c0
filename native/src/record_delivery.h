#pragma once

#include <napi.h>
#include <uv.h>

#include <atomic>
#include <memory>
#include <vector>

#include "record_ring.h"
#include "status.h"

namespace heddle {

/** Brings records of several rings to a JavaScript function: the first at once, those that follow in batches. */
class RecordDelivery {
public:
	using Rings = std::vector<std::unique_ptr<RecordRing>>;

	/** `rings` stay as long as this. */
	Status start(Napi::Env env, const Rings& rings, Napi::Function onRecords);
	/** No thread may call `wake` any more. */
	void stop();
	/** From any thread: there is a record. */
	void wake();
	/** Delivers what is there now, on the JavaScript thread; returns the number. An exception of the function is pending. */
	size_t drain();
	bool isDelivering() const { return delivering_; }
	void ref(bool keepsLoop);

private:
	/** libuv handles outlive this until the loop has closed them. */
	struct Watcher {
		uv_async_t async;
		uv_timer_t timer;
		RecordDelivery* delivery;
		int open;
	};

	void onWake();
	void onTimer();
	void turn();
	void sleep();
	bool areEmpty() const;
	size_t deliver(size_t mostBatches);
	/** One batch. `all`: there was no more at that moment. */
	size_t fill(bool& all);
	bool call(size_t count);
	/** The function may know what owns this. */
	void release();
	static void closed(uv_handle_t* handle);

	napi_env env_ = nullptr;
	const Rings* rings_ = nullptr;
	Watcher* watcher_ = nullptr;
	std::atomic<bool> awake_{false};
	bool delivering_ = false;
	size_t nextRing_ = 0;
	Napi::FunctionReference callback_;
	Napi::Reference<Napi::Uint8Array> batch_;
	uint8_t* memory_ = nullptr;
};

}  // namespace heddle
