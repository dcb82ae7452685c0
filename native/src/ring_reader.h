#pragma once

#include <napi.h>
#include <uv.h>

#include "fd.h"
#include "ring.h"
#include "wrapped.h"

namespace heddle {

class RingReader : public Wrapped<RingReader> {
public:
	static constexpr const char* kName = "RingReader";
	static constexpr napi_type_tag kTag = {0x8a6c0f6a2f0c4c55, 0xb6a3a4b4a7b1c005};

	explicit RingReader(const Napi::CallbackInfo& info);
	~RingReader() override { shut(); }
	static Napi::Function define(Napi::Env env);
	void closeAtExit() override { shut(); }

private:
	/** libuv handles outlive the reader until the loop has closed them. */
	struct Watcher {
		uv_poll_t poll;
		uv_timer_t timer;
		Fd fd;
		RingReader* reader;
		int open;
	};

	bool readOptions(Napi::Object options);
	Status start(Napi::Env env, int mapFd, uint32_t ringSize);
	void startWatcher(uv_loop_t* loop, Fd&& fd);
	void shut();
	void turn();
	size_t deliver(size_t maxBatches, uint64_t limit);
	bool call(size_t count);
	static void closed(uv_handle_t* handle);

	Napi::Value drain(const Napi::CallbackInfo& info);
	Napi::Value ref(const Napi::CallbackInfo& info);
	Napi::Value unref(const Napi::CallbackInfo& info);
	Napi::Value isClosed(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), !watcher_); }
	Napi::Value close(const Napi::CallbackInfo& info);

	Ring ring_;
	Watcher* watcher_ = nullptr;
	uint32_t recordSize_ = 0;
	uint32_t batchRecords_ = 1024;
	uint32_t intervalMs_ = 5;
	uint32_t maxBatchesPerTurn_ = 16;
	bool delivering_ = false;
	/** close() inside the callback: the memory is in use until it returns. */
	bool closing_ = false;
	Napi::FunctionReference callback_;
	Napi::Reference<Napi::Uint8Array> buffer_;
	uint8_t* memory_ = nullptr;
	/** Keeps the reader alive while the loop knows it. */
	Napi::ObjectReference self_;
};

}  // namespace heddle
