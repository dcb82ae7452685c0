#include "features.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <sched.h>

#include <cerrno>

#include "fd.h"
#include "netlink_message.h"
#include "netlink_wire.h"
#include "thread.h"

namespace heddle {

static Fd loadTrivialProgram() {
	const bpf_insn instructions[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .src_reg = 0, .off = 0, .imm = -1},
		{.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
	};
	return Fd(bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "heddle_probe", "GPL", instructions, 2, nullptr));
}

Status probeTcx(bool& available) {
	Fd program = loadTrivialProgram();
	if (!program.valid()) return Status::system(errno, "bpf(BPF_PROG_LOAD)", "probing for TCX");
	bpf_link_create_opts options = {};
	options.sz = sizeof(options);
	// No interface has this number.
	Fd link(bpf_link_create(program.get(), 0x7fffffff, BPF_TCX_INGRESS, &options));
	available = link.valid() || errno == ENODEV;
	return Status::success();
}

bool probeNetkit() {
	bool available = false;
	// In a scratch namespace: nothing is seen outside, and it goes with the thread.
	auto body = [&] {
		if (unshare(CLONE_NEWNET) != 0) return;
		Fd netlink(openNetlink());
		alignas(nlmsghdr) uint8_t memory[256];
		MessageWriter writer(memory, sizeof(memory));
		writer.begin(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{});
		writer.text(IFLA_IFNAME, "probe");
		size_t info = writer.nest(IFLA_LINKINFO);
		writer.text(IFLA_INFO_KIND, "netkit");
		writer.endNest(info);
		writer.end();
		int result = 0;
		available = netlink.valid() && transact(netlink.get(), writer, &result, nullptr, 0) == 0 && result == 0;
	};
	onThread(body);
	return available;
}

bool probeLpmBatch() {
	bpf_map_create_opts options = {};
	options.sz = sizeof(options);
	options.map_flags = BPF_F_NO_PREALLOC;
	Fd map(bpf_map_create(BPF_MAP_TYPE_LPM_TRIE, "heddle_probe", 8, 4, 4, &options));
	if (!map.valid()) return false;
	uint32_t key[2] = {32, 1}, value = 1, count = 1;
	return bpf_map_update_batch(map.get(), key, &value, &count, nullptr) == 0;
}

}  // namespace heddle
