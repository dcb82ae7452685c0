#include "ring_reader.h"

#include <linux/bpf.h>

#include <cerrno>

#include "arguments.h"
#include "map.h"
#include "modules.h"

namespace heddle {

RingReader::RingReader(const Napi::CallbackInfo& info) : Wrapped(info) {
	Napi::Env env = info.Env();
	Map* map = Map::from(env, info[0], "map");
	Napi::Object options;
	if (!map || !readObject(env, info[1], "options", options) || !readOptions(options)) return;
	if (!info[2].IsFunction()) {
		throwArgument(env, "onBatch", "a function", info[2]);
		return;
	}
	if (map->fd() < 0) {
		throwClosed(env, "map");
		return;
	}
	if (map->shape().type != BPF_MAP_TYPE_RINGBUF) {
		throwArgument(env, "map", "a ring buffer (type 27)",
			"map " + map->shape().name + " of type " + std::to_string(map->shape().type));
		return;
	}
	Napi::Uint8Array buffer = Napi::Uint8Array::New(env, size_t{recordSize_} * batchRecords_);
	if (env.IsExceptionPending()) return;
	memory_ = buffer.Data();
	Status status = start(env, map->fd(), map->shape().maxEntries);
	if (status.failed()) {
		throwStatus(env, status);
		return;
	}
	buffer_ = Napi::Persistent(buffer);
	callback_ = Napi::Persistent(info[2].As<Napi::Function>());
	self_ = Napi::Persistent(info.This().As<Napi::Object>());
}

bool RingReader::readOptions(Napi::Object options) {
	Napi::Env env = options.Env();
	if (!readUint32(env, options.Get("recordSize"), "recordSize", recordSize_, 1 << 20)) return false;
	if (!optionalUint32(options, "batchRecords", "batchRecords", batchRecords_)) return false;
	if (!optionalUint32(options, "intervalMs", "intervalMs", intervalMs_)) return false;
	if (!optionalUint32(options, "maxBatchesPerTurn", "maxBatchesPerTurn", maxBatchesPerTurn_)) return false;
	struct {
		const char* name;
		uint32_t value;
	} checks[] = {{"recordSize", recordSize_}, {"batchRecords", batchRecords_}, {"intervalMs", intervalMs_},
		{"maxBatchesPerTurn", maxBatchesPerTurn_}};
	for (auto& check : checks)
		if (check.value == 0 || check.value > 1 << 20)
			return throwArgument(env, check.name, "an integer from 1 to 1048576", std::to_string(check.value)), false;
	return true;
}

Status RingReader::start(Napi::Env env, int mapFd, uint32_t ringSize) {
	uv_loop_t* loop = nullptr;
	if (napi_get_uv_event_loop(env, &loop) != napi_ok) return Status::of("ERR_SYSTEM", "this environment has no event loop");
	Fd fd(fcntl(mapFd, F_DUPFD_CLOEXEC, 3));
	if (!fd.valid()) return Status::system(errno, "fcntl", "ring buffer");
	Status status = ring_.open(fd.get(), ringSize);
	if (!status.failed()) startWatcher(loop, std::move(fd));
	return status;
}

void RingReader::startWatcher(uv_loop_t* loop, Fd&& fd) {
	auto* watcher = new Watcher();
	watcher->fd = std::move(fd);
	watcher->reader = this;
	watcher->open = 2;
	watcher->poll.data = watcher->timer.data = watcher;
	uv_poll_init(loop, &watcher->poll, watcher->fd.get());
	uv_timer_init(loop, &watcher->timer);
	// The wake-up comes when the ring is filling; the timer fetches what came without one.
	uv_poll_start(
		&watcher->poll, UV_READABLE, [](uv_poll_t* handle, int, int) { static_cast<Watcher*>(handle->data)->reader->turn(); });
	uv_timer_start(
		&watcher->timer, [](uv_timer_t* handle) { static_cast<Watcher*>(handle->data)->reader->turn(); }, intervalMs_,
		intervalMs_);
	watcher_ = watcher;
}

void RingReader::closed(uv_handle_t* handle) {
	auto* watcher = static_cast<Watcher*>(handle->data);
	if (--watcher->open == 0) delete watcher;
}

void RingReader::shut() {
	if (!watcher_) return;
	uv_close(reinterpret_cast<uv_handle_t*>(&watcher_->poll), closed);
	uv_close(reinterpret_cast<uv_handle_t*>(&watcher_->timer), closed);
	watcher_->fd.reset();
	watcher_ = nullptr;
	unlink();
	if (delivering_) closing_ = true;
	else ring_.close();
}

/** false: stop (an exception, or closed meanwhile). */
bool RingReader::call(size_t count) {
	Napi::Env env = Env();
	napi_value arguments[2] = {buffer_.Value(), Napi::Number::New(env, static_cast<double>(count))};
	napi_value receiver, ignored;
	napi_get_global(env, &receiver);
	napi_status status = napi_make_callback(env, nullptr, receiver, callback_.Value(), 2, arguments, &ignored);
	return status == napi_ok && watcher_;
}

size_t RingReader::deliver(size_t maxBatches, uint64_t limit) {
	size_t total = 0;
	delivering_ = true;
	for (size_t batch = 0; batch < maxBatches; batch++) {
		size_t count = ring_.read(memory_, batchRecords_, recordSize_, limit);
		total += count;
		if (count == 0 || !call(count) || count < batchRecords_) break;
	}
	delivering_ = false;
	if (closing_) {
		closing_ = false;
		ring_.close();
	}
	return total;
}

void RingReader::turn() {
	// A drain() inside the callback would deliver into the buffer being read.
	if (delivering_ || !watcher_ || ring_.isEmpty()) return;
	Napi::Env env = Env();
	Napi::HandleScope scope(env);
	deliver(maxBatchesPerTurn_, UINT64_MAX);
	if (!env.IsExceptionPending()) return;
	napi_value error;
	if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
}

Napi::Value RingReader::drain(const Napi::CallbackInfo& info) {
	Napi::Env env = info.Env();
	if (!watcher_) return throwClosed(env, "ring reader");
	if (delivering_) return throwStatus(env, Status::of("ERR_BUSY", "drain() inside onBatch"));
	size_t count = deliver(SIZE_MAX, ring_.producerPosition());
	return env.IsExceptionPending() ? env.Undefined() : Napi::Value(Napi::Number::New(env, static_cast<double>(count)));
}

Napi::Value RingReader::ref(const Napi::CallbackInfo& info) {
	if (!watcher_) return throwClosed(info.Env(), "ring reader");
	uv_ref(reinterpret_cast<uv_handle_t*>(&watcher_->poll));
	uv_ref(reinterpret_cast<uv_handle_t*>(&watcher_->timer));
	return info.Env().Undefined();
}

Napi::Value RingReader::unref(const Napi::CallbackInfo& info) {
	if (!watcher_) return throwClosed(info.Env(), "ring reader");
	uv_unref(reinterpret_cast<uv_handle_t*>(&watcher_->poll));
	uv_unref(reinterpret_cast<uv_handle_t*>(&watcher_->timer));
	return info.Env().Undefined();
}

Napi::Value RingReader::close(const Napi::CallbackInfo& info) {
	shut();
	self_.Reset();
	return info.Env().Undefined();
}

Napi::Function RingReader::define(Napi::Env env) {
	return DefineClass(env, kName,
		{
			InstanceAccessor<&RingReader::isClosed>("closed"),
			InstanceMethod<&RingReader::drain>("drain"),
			InstanceMethod<&RingReader::ref>("ref"),
			InstanceMethod<&RingReader::unref>("unref"),
			InstanceMethod<&RingReader::close>("close"),
		});
}

void exportRingReader(Napi::Env env, Napi::Object exports) { exports.Set(RingReader::kName, RingReader::define(env)); }

}  // namespace heddle
