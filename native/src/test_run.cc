#include "test_run.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <cerrno>
#include <cstring>

#include "thread.h"

namespace heddle {

// Room for headers a program puts in front.
constexpr size_t kHeadroom = 512;

static Status runHere(TestRun& run) {
	__sk_buff skb = {};
	bpf_test_run_opts options = {};
	options.sz = sizeof(options);
	bool isSyscall = run.programType == BPF_PROG_TYPE_SYSCALL;
	if (run.hasData) {
		run.output.resize(run.data.size() + kHeadroom);
		options.data_in = run.data.data();
		options.data_size_in = static_cast<uint32_t>(run.data.size());
		options.data_out = run.output.data();
		options.data_size_out = static_cast<uint32_t>(run.output.size());
	}
	// Syscall programs know no repetition.
	if (!isSyscall) options.repeat = static_cast<int>(run.repeat);
	if (!run.context.empty()) {
		options.ctx_in = run.context.data();
		options.ctx_size_in = static_cast<uint32_t>(run.context.size());
		if (!isSyscall) {
			options.ctx_out = run.context.data();
			options.ctx_size_out = static_cast<uint32_t>(run.context.size());
		}
	} else if (run.ifindex != 0 || run.mark != 0) {
		skb.ifindex = run.ifindex;
		skb.mark = run.mark;
		options.ctx_in = &skb;
		options.ctx_size_in = sizeof(skb);
	}
	int failed = bpf_prog_test_run_opts(run.program.get(), &options);
	int error = failed ? errno : 0;
	if (error == ENODEV) return Status::system(error, "bpf(BPF_PROG_TEST_RUN)", "interface " + std::to_string(run.ifindex));
	if (error != 0) return Status::system(error, "bpf(BPF_PROG_TEST_RUN)", "test run");
	run.output.resize(run.hasData ? options.data_size_out : 0);
	run.retval = options.retval;
	run.durationNs = options.duration;
	return Status::success();
}

Status TestRun::run() {
	return inNamespace(ifindex != 0 ? netns.get() : -1, [this] { return runHere(*this); });
}

}  // namespace heddle
