#pragma once

#include <sys/types.h>

#include <memory>

#include "fd.h"
#include "status.h"

namespace heddle {

/**
 * While it lives, a child waits for the death of this process and writes a `0` to a file then. The child shares memory
 * and descriptors with this process, so that it costs a twentieth of a millisecond however big the process has become
 * (a fork copies page tables and thousands of descriptors). For windows of milliseconds: who lacks memory is killed
 * together with whom shares it.
 */
class ExpeditedGuardian {
public:
	ExpeditedGuardian();
	~ExpeditedGuardian();
	ExpeditedGuardian(const ExpeditedGuardian&) = delete;

	/** `knob`: stays open until stop(). */
	Status start(int knob);
	/** The child ends and writes nothing. */
	void stop();

private:
	struct Watch;
	static int wait(void* watch);

	std::unique_ptr<Watch> watch_;
	pid_t child_ = -1;
};

}  // namespace heddle
