#pragma once

#include <cstdint>

#include "l7/address.h"
#include "control_page.h"
#include "fd.h"
#include "l7/standing.h"
#include "status.h"

namespace heddle {

class Map;
class Program;

/** Asks the datapath what its policy says of a connection. On any thread, once it is open. */
class PolicyQuestions {
public:
	~PolicyQuestions() { close(); }
	/** `program`: answers a frame that is a `struct policy_question` in place, and returns 0. `control`: begins with the epoch. */
	Status open(const Program& program, const Map& control);
	/** Nobody may ask any more. */
	void close();
	/** The current one: answers of another are out of date. */
	uint32_t epoch() const { return __atomic_load_n(epoch_, __ATOMIC_ACQUIRE); }
	/** `protocol`: IPPROTO_TCP or IPPROTO_UDP. */
	void ask(uint16_t network, uint8_t protocol, const l7::Address& client, const l7::Address& destination,
		l7::PolicyAnswer& answer) const;

private:
	Status map(const Map& control);

	Fd program_;
	ControlPage page_;
	const uint32_t* epoch_ = nullptr;
};

}  // namespace heddle
