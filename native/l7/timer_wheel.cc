#include "timer_wheel.h"

#include <algorithm>

namespace heddle::l7 {

TimerWheel::TimerWheel(uint64_t nowMs) : current_(nowMs / kStepMs) {
	for (Timed& slot : slots_) slot.previous = slot.next = &slot;
}

void TimerWheel::unlink(Timed& timed) {
	if (!timed.next) return;
	timed.previous->next = timed.next;
	timed.next->previous = timed.previous;
	timed.previous = timed.next = nullptr;
}

/** Farther than once around: as far as it goes, and then looked at again. */
void TimerWheel::place(Timed& timed) {
	uint64_t wanted = timed.deadline / kStepMs + 1;
	timed.slot = std::clamp(wanted, current_ + 1, current_ + kSlots - 1);
	Timed& head = slots_[timed.slot % kSlots];
	timed.previous = head.previous;
	timed.next = &head;
	head.previous->next = &timed;
	head.previous = &timed;
}

void TimerWheel::arm(Timed& timed, uint64_t deadlineMs) {
	timed.deadline = deadlineMs;
	if (deadlineMs == 0) return;
	if (timed.next && timed.slot <= deadlineMs / kStepMs + 1) return;
	unlink(timed);
	place(timed);
}

void TimerWheel::disarm(Timed& timed) {
	timed.deadline = 0;
	unlink(timed);
}

}  // namespace heddle::l7
