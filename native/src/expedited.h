#pragma once

#include <napi.h>

#include "fd.h"
#include "expedited_guardian.h"

namespace heddle {

/**
 * While it lives, RCU grace periods of the whole machine are expedited (a TCX attach: 0.1 ms instead of 10).
 * One window at a time over all processes, by a file lock; a guardian restores the value when this process is killed.
 * Where the knob is missing or may not be written, nothing happens: slower, not wrong.
 */
class ExpeditedWindow {
public:
	explicit ExpeditedWindow(bool wanted);
	~ExpeditedWindow();
	ExpeditedWindow(const ExpeditedWindow&) = delete;

private:
	ExpeditedGuardian guardian_;
	Fd knob_;
};

bool canExpedite();

/** Of `{ expedited?: boolean }`, which may be absent. false: it is something else, and was thrown. */
bool readExpedited(Napi::Env env, Napi::Value options, bool& out);

}  // namespace heddle
