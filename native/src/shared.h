#pragma once

#include <atomic>
#include <utility>

#include "fd.h"

namespace heddle {

/** A network namespace's descriptor, shared by the links made in it. */
class SharedFd {
public:
	SharedFd() = default;
	explicit SharedFd(Fd&& fd) : state_(new State{std::move(fd), {1}}) {}
	SharedFd(const SharedFd& other) : state_(other.state_) {
		if (state_) state_->count.fetch_add(1, std::memory_order_relaxed);
	}
	SharedFd(SharedFd&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
	SharedFd& operator=(SharedFd other) noexcept {
		std::swap(state_, other.state_);
		return *this;
	}
	~SharedFd() { reset(); }

	int get() const { return state_ ? state_->fd.get() : -1; }
	void reset() {
		if (state_ && state_->count.fetch_sub(1, std::memory_order_acq_rel) == 1) delete state_;
		state_ = nullptr;
	}

private:
	struct State {
		Fd fd;
		std::atomic<int> count;
	};
	State* state_ = nullptr;
};

}  // namespace heddle
