#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "mailbox.h"
#include "ports.h"

namespace heddle::dns {

/** One thread: its epoll, and all queries that it took. */
class Worker final : Watched {
public:
	Worker(Shared& shared, unsigned number, uint64_t firstTicket)
		: shared_(shared), number_(number), firstTicket_(firstTicket) {}
	~Worker() override;
	/** false: errno says why. */
	bool open();
	/** Until it is told to stop. */
	void run();
	/** From any thread. */
	Mailbox& mailbox() { return mailbox_; }

private:
	static constexpr int kEvents = 256;

	void onEvents(uint32_t) override { ordered_ = true; }
	void obeyAll();
	void endRound();
	bool obey(Order& order);
	void forget(const std::string& name);
	bool add(const std::shared_ptr<Listener>& listener);
	bool addPort(int fd, std::unique_ptr<Watched> port, uint32_t network);
	void remove(uint32_t network);
	void review();
	int patience() const;

	Shared& shared_;
	const unsigned number_;
	const uint64_t firstTicket_;
	int epoll_ = -1;
	bool stopping_ = false, ordered_ = false;
	Mailbox mailbox_;
	SpareDescriptor spare_;
	std::unique_ptr<Context> context_;
	std::unique_ptr<Exchanges> exchanges_;
	std::unique_ptr<ClientStreams> streams_;
	struct Port {
		int fd;
		std::unique_ptr<Watched> watched;
	};
	std::unordered_multimap<uint32_t, Port> ports_;
};

}  // namespace heddle::dns
