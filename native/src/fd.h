#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace heddle {

/** Owns one file descriptor. */
class Fd {
public:
	Fd() = default;
	explicit Fd(int value) : value_(value) {}
	Fd(Fd&& other) noexcept : value_(other.release()) {}
	Fd& operator=(Fd&& other) noexcept {
		if (this != &other) reset(other.release());
		return *this;
	}
	Fd(const Fd&) = delete;
	Fd& operator=(const Fd&) = delete;
	~Fd() { reset(); }

	int get() const { return value_; }
	bool valid() const { return value_ >= 0; }
	int release() { return std::exchange(value_, -1); }
	void reset(int value = -1) {
		if (value_ >= 0) ::close(value_);
		value_ = value;
	}
	/** Above the standard descriptors and close-on-exec. */
	Fd duplicate() const { return Fd(::fcntl(value_, F_DUPFD_CLOEXEC, 3)); }

private:
	int value_ = -1;
};

}  // namespace heddle
