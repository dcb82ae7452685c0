#include "record_delivery.h"

#include "record_layout.h"

namespace heddle {

static constexpr size_t kBatchBytes = 256 << 10;
static constexpr size_t kBatchesPerTurn = 16;
static constexpr uint64_t kIntervalMs = 5;

static_assert(kBatchBytes >= kLongestRecord, "any record fits");

Status RecordDelivery::start(Napi::Env env, const Rings& rings, Napi::Function onRecords) {
	uv_loop_t* loop = nullptr;
	if (napi_get_uv_event_loop(env, &loop) != napi_ok) return Status::of("ERR_SYSTEM", "this environment has no event loop");
	Napi::Uint8Array batch = Napi::Uint8Array::New(env, kBatchBytes);
	if (env.IsExceptionPending()) return Status::of("ERR_NO_MEMORY", "no memory for a batch of records");
	auto* watcher = new Watcher();
	watcher->delivery = this;
	watcher->open = 2;
	watcher->async.data = watcher->timer.data = watcher;
	int failure = uv_async_init(
		loop, &watcher->async, [](uv_async_t* handle) { static_cast<Watcher*>(handle->data)->delivery->onWake(); });
	if (failure) return delete watcher, Status::system(-failure, "uv_async_init", "delivery of records");
	uv_timer_init(loop, &watcher->timer);
	env_ = env;
	rings_ = &rings;
	watcher_ = watcher;
	memory_ = batch.Data();
	batch_ = Napi::Persistent(batch);
	callback_ = Napi::Persistent(onRecords);
	return Status::success();
}

void RecordDelivery::closed(uv_handle_t* handle) {
	auto* watcher = static_cast<Watcher*>(handle->data);
	if (--watcher->open == 0) delete watcher;
}

void RecordDelivery::stop() {
	if (!watcher_) return;
	uv_close(reinterpret_cast<uv_handle_t*>(&watcher_->async), closed);
	uv_close(reinterpret_cast<uv_handle_t*>(&watcher_->timer), closed);
	watcher_ = nullptr;
	if (!delivering_) release();
}

void RecordDelivery::release() {
	callback_.Reset();
	batch_.Reset();
}

void RecordDelivery::ref(bool keepsLoop) {
	// The timer runs only while there is something to deliver.
	auto* async = reinterpret_cast<uv_handle_t*>(&watcher_->async);
	auto* timer = reinterpret_cast<uv_handle_t*>(&watcher_->timer);
	for (uv_handle_t* handle : {async, timer}) keepsLoop ? uv_ref(handle) : uv_unref(handle);
}

void RecordDelivery::wake() {
	// The record is visible before the question whether anybody is awake: see sleep().
	std::atomic_thread_fence(std::memory_order_seq_cst);
	if (awake_.load(std::memory_order_relaxed) || awake_.exchange(true)) return;
	uv_async_send(&watcher_->async);
}

bool RecordDelivery::areEmpty() const {
	for (auto& ring : *rings_)
		if (!ring->isEmpty()) return false;
	return true;
}

void RecordDelivery::onWake() {
	if (!watcher_) return;
	uv_timer_start(
		&watcher_->timer, [](uv_timer_t* handle) { static_cast<Watcher*>(handle->data)->delivery->onTimer(); }, kIntervalMs,
		kIntervalMs);
	turn();
}

void RecordDelivery::onTimer() {
	if (!watcher_) return;
	if (areEmpty()) sleep();
	else turn();
}

void RecordDelivery::sleep() {
	uv_timer_stop(&watcher_->timer);
	awake_.store(false);
	std::atomic_thread_fence(std::memory_order_seq_cst);
	// A record that came before the store woke nobody.
	if (!areEmpty()) wake();
}

size_t RecordDelivery::fill(bool& all) {
	size_t used = 0, count = 0;
	for (size_t i = 0; i < rings_->size(); i++) {
		RecordRing& ring = *(*rings_)[(nextRing_ + i) % rings_->size()];
		used += ring.read(memory_ + used, kBatchBytes - used, count);
	}
	nextRing_++;
	all = used + kLongestRecord <= kBatchBytes;
	return count;
}

/** false: stop (an exception, or closed meanwhile). */
bool RecordDelivery::call(size_t count) {
	napi_value arguments[2] = {batch_.Value(), Napi::Number::New(env_, static_cast<double>(count))};
	napi_value receiver, ignored;
	napi_get_global(env_, &receiver);
	napi_status status = napi_make_callback(env_, nullptr, receiver, callback_.Value(), 2, arguments, &ignored);
	return status == napi_ok && watcher_;
}

size_t RecordDelivery::deliver(size_t mostBatches) {
	size_t total = 0;
	delivering_ = true;
	bool all = false;
	for (size_t batch = 0; batch < mostBatches && watcher_ && !all; batch++) {
		size_t count = fill(all);
		total += count;
		if (count == 0 || !call(count)) break;
	}
	delivering_ = false;
	if (!watcher_) release();
	return total;
}

size_t RecordDelivery::drain() { return deliver(SIZE_MAX); }

void RecordDelivery::turn() {
	// A drain() inside the callback would deliver into the batch being read.
	if (delivering_) return;
	Napi::Env env(env_);
	Napi::HandleScope scope(env);
	deliver(kBatchesPerTurn);
	if (!env.IsExceptionPending()) return;
	napi_value error;
	if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
}

}  // namespace heddle
