#pragma once

#include <cstdint>
#include <vector>

#include "fd.h"
#include "status.h"

namespace heddle {

/** One BPF_PROG_TEST_RUN; owns its bytes, so that any thread may run it. */
struct TestRun {
	Fd program;
	uint32_t programType = 0;
	bool hasData = false;
	std::vector<uint8_t> data;
	std::vector<uint8_t> context;
	uint32_t repeat = 1;
	uint32_t ifindex = 0;
	uint32_t mark = 0;
	/** Where `ifindex` is looked up. */
	Fd netns;

	std::vector<uint8_t> output;
	uint32_t retval = 0;
	uint32_t durationNs = 0;

	Status run();
};

}  // namespace heddle
