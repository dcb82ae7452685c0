#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "connection.h"

namespace heddle::l7 {

/** One thread: its epoll, its connections, from their acceptance to their end. */
class Worker {
public:
	/** Listeners stay the caller's. */
	Worker(Shared& shared, const std::vector<int>& listeners) : shared_(shared), listeners_(listeners) {}
	~Worker();
	/** false: errno says why. */
	bool open();
	/** Until `stop`; then all its connections are reset. */
	void run();

	// From any thread.
	void review();
	void stop();

private:
	static constexpr int kEvents = 256;

	bool watchListeners();
	void onEvent(uint64_t tag, uint32_t events);
	void onWake();
	void accept(uint32_t listener);
	bool acceptOne(uint32_t listener);
	void add(uint32_t listener, int fd, const sockaddr_storage& peer);
	void drive(Connection& connection);
	void driveQueued();
	void remove(Connection& connection);
	void wake();
	void refuseForWantOfDescriptors(uint32_t listener);

	Shared& shared_;
	std::vector<int> listeners_;
	int epoll_ = -1, wake_ = -1;
	/** Given up for a moment, to take and reset a connection when no descriptor is left. */
	int spare_ = -1;
	std::atomic<bool> stopping_{false}, reviewing_{false};
	std::unique_ptr<Context> context_;
	std::vector<Connection*> connections_;
	std::vector<Connection*> queued_;
	/** Events of the same round may still name them. */
	std::vector<std::unique_ptr<Connection>> gone_;
};

}  // namespace heddle::l7
