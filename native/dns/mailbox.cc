#include "mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

namespace heddle::dns {

void Latch::open(bool succeeded) {
	std::lock_guard<std::mutex> lock(mutex_);
	open_ = true;
	succeeded_ = succeeded;
	opened_.notify_all();
}

bool Latch::wait() {
	std::unique_lock<std::mutex> lock(mutex_);
	while (!open_) opened_.wait(lock);
	return succeeded_;
}

Mailbox::~Mailbox() {
	if (fd_ >= 0) close(fd_);
}

bool Mailbox::open() { return (fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) >= 0; }

/** The first wakes; the others are found beside it. */
void Mailbox::post(Order&& order) {
	std::lock_guard<std::mutex> lock(mutex_);
	orders_.push_back(std::move(order));
	if (orders_.size() > 1) return;
	uint64_t one = 1;
	[[maybe_unused]] ssize_t written = write(fd_, &one, sizeof(one));
}

std::vector<Order> Mailbox::collect() {
	uint64_t count;
	[[maybe_unused]] ssize_t length = read(fd_, &count, sizeof(count));
	std::vector<Order> orders;
	std::lock_guard<std::mutex> lock(mutex_);
	orders.swap(orders_);
	return orders;
}

}  // namespace heddle::dns
