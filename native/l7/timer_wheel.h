#pragma once

#include <cstdint>

namespace heddle::l7 {

/** Part of what has a deadline. */
struct Timed {
	Timed *previous = nullptr, *next = nullptr;
	/** Milliseconds; 0: none. */
	uint64_t deadline = 0;
	/** Where it is in the wheel: never after `deadline`. */
	uint64_t slot = 0;
};

/**
 * Deadlines of many connections: later ones are only written down, and looked at when the earlier one has come.
 * Coarse: a deadline is met up to one step late.
 */
class TimerWheel {
public:
	static constexpr uint64_t kStepMs = 50;

	explicit TimerWheel(uint64_t nowMs);
	void arm(Timed& timed, uint64_t deadlineMs);
	void disarm(Timed& timed);
	/** Calls `due` for each whose deadline has passed; it is out of the wheel then. */
	template <typename Due>
	void advance(uint64_t nowMs, Due due) {
		uint64_t last = nowMs / kStepMs;
		while (current_ < last) {
			current_++;
			Timed& head = slots_[current_ % kSlots];
			while (head.next != &head) {
				Timed& timed = *head.next;
				unlink(timed);
				if (timed.deadline > nowMs) place(timed);
				else if (timed.deadline) due(timed);
			}
		}
	}

private:
	static constexpr uint64_t kSlots = 2048;

	void place(Timed& timed);
	static void unlink(Timed& timed);

	Timed slots_[kSlots];
	uint64_t current_;
};

}  // namespace heddle::l7
