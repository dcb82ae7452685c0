// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Fills a ring as the datapath does (bpf/events.h): the same record, the same rule for waking the reader. */
#include "common.h"

#define RING_BYTES (4 << 20)

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_BYTES);
} events SEC(".maps");

struct emission {
	__u64 wanted;
	__u64 emitted;
	__u64 lost;
};

/* As wakeup_flag() there. */
static __always_inline __u64 wakeup_flag(void)
{
	__u64 waiting = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);

	return waiting >= RING_BYTES / 4 && (waiting & 0xffff) < 2 * 136 ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

static long emit_one(__u32 i, struct emission *emission)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event) {
		emission->lost++;
		return 0;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->time_ns = bpf_ktime_get_ns();
	event->type = EVENT_VERDICT;
	event->family = IPV4_VERSION;
	event->length = i;
	emission->emitted++;
	bpf_ringbuf_submit(event, wakeup_flag());
	return 0;
}

SEC("syscall")
int emit(struct emission *context)
{
	struct emission emission = *context;

	bpf_loop(emission.wanted, emit_one, &emission, 0);
	*context = emission;
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
