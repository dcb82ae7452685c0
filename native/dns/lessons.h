#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "context.h"
#include "exchange.h"

namespace heddle::dns {

/** What the learner was told and has not confirmed, and the answers that wait for it. Of one thread. */
class Lessons {
public:
	/** `firstTicket`: tickets of other threads are not near it. */
	Lessons(Context& context, Exchanges& exchanges, uint64_t firstTicket)
		: context_(context), exchanges_(exchanges), nextTicket_(firstTicket) {}
	/** Holds the exchange's answer, which has addresses, until they are learned. */
	void hold(Exchange& exchange);
	/** The answer need not wait. */
	void refresh(const Exchange& exchange, const Answer& answer);
	/** false: not learned, whoever waits is told SERVFAIL. Of a ticket that is none any more: nothing. */
	void release(uint64_t ticket, bool learned);
	/** What is under way for it is not remembered. */
	void forget(const std::string& name);
	/** The exchange has ended otherwise. */
	void leave(Exchange& exchange);

private:
	struct Open final : Deadlined {
		explicit Open(Lessons& lessons) : owner(lessons) {}
		void onDeadline() override { owner.end(ticket, false); }

		Lessons& owner;
		uint64_t ticket = 0, askedMs = 0;
		std::string name;
		std::vector<Found> found;
		std::vector<Exchange*> waiting;
	};

	Open* covering(const std::string& name, const std::vector<Found>& found);
	Open& ask(const Exchange& exchange, const Answer& answer);
	void end(uint64_t ticket, bool learned);
	std::unique_ptr<Open> take(uint64_t ticket);

	Context& context_;
	Exchanges& exchanges_;
	uint64_t nextTicket_;
	std::unordered_map<uint64_t, std::unique_ptr<Open>> open_;
	std::unordered_multimap<std::string, Open*> byName_;
};

}  // namespace heddle::dns
