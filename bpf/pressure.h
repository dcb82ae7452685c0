/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A reader that is late hears less of each conversation, instead of losing what matters: verdicts, drops and ends. */
#pragma once

#include "maps.h"

static __always_inline void limit_aggregation(__u32 limit)
{
	__u32 tick = now_tick();

	/* Every packet reads this cache line: written once a tick at most. */
	if (control.pressed_tick != tick)
		control.pressed_tick = tick;
	if (control.aggregation_limit > limit)
		control.aggregation_limit = limit;
}

/* By how full the ring is; the reader is woken at a quarter. */
static __always_inline void notice_pressure(void)
{
	__u64 waiting = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA), quarter = wakeup_bytes;

	if (likely(waiting <= 2 * quarter))
		return;
	if (waiting > 3 * quarter)
		limit_aggregation(AGGREGATION_MAXIMUM);
	else
		limit_aggregation(2 * waiting > 5 * quarter ? AGGREGATION_MEDIUM : AGGREGATION_LOW);
}
