#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "connection.h"

namespace heddle::l7 {

/** One thread: its epoll, its connections, from their acceptance to their end. */
class Worker {
public:
	Worker(Shared& shared, unsigned index) : shared_(shared), index_(index) {}
	~Worker();
	/** false: errno says why. */
	bool open();
	/** Until `stop`; then all its connections are reset. */
	void run();

	// From any thread.
	/** false: errno says why. */
	bool addListener(const std::shared_ptr<Listener>& listener);
	void removeListener(const Listener& listener);
	void review();
	void stop();

private:
	static constexpr int kEvents = 256;

	/** `alone`: nobody else has one in this round. */
	void onEvent(uint64_t tag, uint32_t events, bool alone);
	void onWake();
	void accept(uint64_t listenerId, int most);
	bool acceptOne(const std::shared_ptr<Listener>& listener);
	void add(const std::shared_ptr<Listener>& listener, int fd, const sockaddr_storage& peer);
	std::shared_ptr<Listener> listenerOf(uint64_t id);
	void drive(Connection& connection);
	bool awaitRoom(Connection& connection);
	void driveQueued();
	void sendPosted();
	void remove(Connection& connection);
	void wake();
	void refuseForWantOfDescriptors(const Listener& listener);

	Shared& shared_;
	const unsigned index_;
	std::mutex listenersMutex_;
	std::unordered_map<uint64_t, std::shared_ptr<Listener>> listeners_;
	int epoll_ = -1, wake_ = -1;
	/** Given up for a moment, to take and reset a connection when no descriptor is left. */
	int spare_ = -1;
	std::atomic<bool> stopping_{false}, reviewing_{false};
	std::unique_ptr<Context> context_;
	std::vector<Connection*> connections_;
	std::vector<Connection*> queued_, posted_;
	SendBatch sends_;
	/** Events of the same round may still name them. */
	std::vector<std::unique_ptr<Connection>> gone_;
};

}  // namespace heddle::l7
