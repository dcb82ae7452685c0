#include "expedited.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "arguments.h"

namespace heddle {

constexpr const char* kKnob = "/sys/kernel/rcu_expedited";

bool canExpedite() { return access(kKnob, W_OK) == 0; }

bool readExpedited(Napi::Env env, Napi::Value options, bool& out) {
	Napi::Object record;
	return options.IsUndefined() ||
		(readObject(env, options, "options", record) && optionalBoolean(record, "expedited", "expedited", out));
}

ExpeditedWindow::ExpeditedWindow(bool wanted) {
	if (!wanted) return;
	Fd knob(open(kKnob, O_RDWR | O_CLOEXEC));
	if (!knob.valid() || flock(knob.get(), LOCK_EX) != 0) return;
	char value = 0;
	if (pread(knob.get(), &value, 1, 0) != 1 || value != '0') return;
	if (guardian_.start(knob.get()).failed()) return;
	// Its number is the guardian's, too: it may not be another file's before that one is gone.
	if (pwrite(knob.get(), "1", 1, 0) == 1) knob_ = std::move(knob);
	else guardian_.stop();
}

ExpeditedWindow::~ExpeditedWindow() {
	if (!knob_.valid()) return;
	ssize_t ignored = pwrite(knob_.get(), "0", 1, 0);
	(void)ignored;
	guardian_.stop();
}

}  // namespace heddle
