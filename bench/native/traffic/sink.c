/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A receiver that is never the bottleneck: a BPF program at the pod interface's TC ingress counts one
 * UDP port's packets and drops them. TC, not XDP, because bpf_redirect_peer passes a native XDP program by,
 * and an XDP program changes how a veth receives. Written as instructions so that the tool needs neither
 * libbpf nor an object file.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "traffic.h"

#define TCX_INGRESS 46 /* the system's linux/bpf.h may be older than TCX */
#define TC_NEXT (-1)
#define TC_DROP 2

#define INSN(op, dst, src, offset, value)                                                                                      \
	((struct bpf_insn){.code = (op), .dst_reg = (dst), .src_reg = (src), .off = (offset), .imm = (value)})
#define LOAD(size, dst, src, offset) INSN(BPF_LDX | (size) | BPF_MEM, dst, src, offset, 0)
#define MOVE(dst, value) INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, value)
#define SKIP_UNLESS(dst, value, offset) INSN(BPF_JMP | BPF_JNE | BPF_K, dst, 0, offset, value)

static int bpf(int command, void *attributes, unsigned int size)
{
	return (int)syscall(__NR_bpf, command, attributes, size);
}

static int create_counter(void)
{
	union bpf_attr attributes;

	memset(&attributes, 0, sizeof(attributes));
	attributes.map_type = BPF_MAP_TYPE_ARRAY;
	attributes.key_size = 4;
	attributes.value_size = 8;
	attributes.max_entries = 1;
	return bpf(BPF_MAP_CREATE, &attributes, sizeof(attributes));
}

static int load_counter(int map, bool v6, enum port_side side, uint16_t port)
{
	int transport = 14 + (v6 ? 40 : 20);
	struct bpf_insn program[] = {
		LOAD(BPF_W, 2, 1, offsetof(struct __sk_buff, data)),
		LOAD(BPF_W, 3, 1, offsetof(struct __sk_buff, data_end)),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 4, 2, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 4, 0, 0, transport + 8),
		INSN(BPF_JMP | BPF_JGT | BPF_X, 4, 3, 11, 0),
		LOAD(BPF_H, 4, 2, 12),
		SKIP_UNLESS(4, htons(v6 ? 0x86dd : 0x0800), 9),
		LOAD(BPF_B, 4, 2, v6 ? 20 : 23),
		SKIP_UNLESS(4, IPPROTO_UDP, 7),
		LOAD(BPF_H, 4, 2, transport + (side == SOURCE_PORT ? 0 : 2)),
		SKIP_UNLESS(4, htons(port), 5),
		INSN(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_VALUE, 0, map),
		INSN(0, 0, 0, 0, 0),
		MOVE(2, 1),
		INSN(BPF_STX | BPF_DW | BPF_ATOMIC, 1, 2, 0, BPF_ADD),
		INSN(BPF_JMP | BPF_JA, 0, 0, 2, 0),
		MOVE(0, TC_NEXT),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
		MOVE(0, TC_DROP),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	union bpf_attr attributes;

	memset(&attributes, 0, sizeof(attributes));
	attributes.prog_type = BPF_PROG_TYPE_SCHED_CLS;
	attributes.insns = (uint64_t)(uintptr_t)program;
	attributes.insn_cnt = sizeof(program) / sizeof(program[0]);
	attributes.license = (uint64_t)(uintptr_t)"Apache-2.0";
	return bpf(BPF_PROG_LOAD, &attributes, sizeof(attributes));
}

static int link_ingress(int program, int ifindex)
{
	struct {
		uint32_t program, ifindex, type, flags, relative, pad;
		uint64_t revision;
	} attributes = {.program = (uint32_t)program, .ifindex = (uint32_t)ifindex, .type = TCX_INGRESS};

	return bpf(BPF_LINK_CREATE, &attributes, sizeof(attributes));
}

int open_sink(struct sink *sink, int ifindex, bool v6, enum port_side side, uint16_t port)
{
	*sink = (struct sink){-1, -1, -1};
	sink->map = create_counter();
	if (sink->map < 0)
		return fail("sink map");
	sink->program = load_counter(sink->map, v6, side, port);
	if (sink->program < 0)
		return fail("sink program");
	sink->link = link_ingress(sink->program, ifindex);
	return sink->link < 0 ? fail("sink link (TCX, Linux 6.6 or later)") : 0;
}

uint64_t read_sink(const struct sink *sink)
{
	union bpf_attr attributes;
	uint64_t value = 0;
	uint32_t key = 0;

	memset(&attributes, 0, sizeof(attributes));
	attributes.map_fd = (uint32_t)sink->map;
	attributes.key = (uint64_t)(uintptr_t)&key;
	attributes.value = (uint64_t)(uintptr_t)&value;
	return bpf(BPF_MAP_LOOKUP_ELEM, &attributes, sizeof(attributes)) ? 0 : value;
}

void close_sink(struct sink *sink)
{
	if (sink->link >= 0)
		close(sink->link);
	if (sink->program >= 0)
		close(sink->program);
	if (sink->map >= 0)
		close(sink->map);
}
