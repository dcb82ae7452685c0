#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "listener.h"

namespace heddle::dns {

/** Lets one thread wait until another has done something. */
class Latch {
public:
	void open(bool succeeded);
	/** Whether it succeeded. */
	bool wait();

private:
	std::mutex mutex_;
	std::condition_variable opened_;
	bool open_ = false, succeeded_ = false;
};

/** What other threads ask of a worker. */
struct Order {
	enum class Kind : uint8_t { Release, Forget, Add, Remove, Review, Stop };

	explicit Order(Kind what) : kind(what) {}

	Kind kind;
	uint64_t ticket = 0;
	bool learned = false;
	std::string name;
	uint32_t network = 0;
	std::shared_ptr<Listener> listener;
	/** Opened when it is done. */
	Latch* done = nullptr;
};

/** Orders for one worker, in their order. */
class Mailbox {
public:
	~Mailbox();
	/** false: errno says why. */
	bool open();
	/** Readable while orders may be there. */
	int fd() const { return fd_; }
	void post(Order&& order);
	std::vector<Order> collect();

private:
	std::mutex mutex_;
	std::vector<Order> orders_;
	int fd_ = -1;
};

}  // namespace heddle::dns
