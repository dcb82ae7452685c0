/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* As much of TCP as conntrack needs: opening, open, closing, closed. */
#pragma once

#include "flow.h"

static __always_inline bool both_sent(const struct flow *flow, __u8 flag)
{
	return flow->from_low.tcp_flags & flow->from_high.tcp_flags & flag;
}

/* After the packet was forwarded and counted. */
PROVEN_ALONE int tcp_advance(struct flow *flow, const struct packet *packet, bool from_low)
{
	bool from_originator;
	__u8 flags;

	if (!flow || !packet)
		return 0;
	from_originator = flow->originator == !from_low;
	flags = packet->tcp_flags;
	flow_half(flow, from_low)->tcp_flags |= flags;
	if (flags & TCP_RST) {
		flow->state = FLOW_STATE_CLOSED;
		flow->from_low.slow |= SLOW_CLOSING;
		flow->from_high.slow |= SLOW_CLOSING;
		flow_end(flow, packet, from_low, FLOW_END_TCP_RESET);
		return 0;
	}
	if (flow->state == FLOW_STATE_NEW && (!from_originator || !(flags & TCP_SYN)))
		flow->state = FLOW_STATE_ESTABLISHED;
	if (flow->state == FLOW_STATE_CLOSING && flags & TCP_ACK && !(flags & TCP_FIN)) {
		flow->state = FLOW_STATE_CLOSED;
		flow_end(flow, packet, from_low, FLOW_END_TCP_CLOSED);
	}
	if (flow->state == FLOW_STATE_ESTABLISHED && both_sent(flow, TCP_FIN)) {
		flow->state = FLOW_STATE_CLOSING;
		flow->from_low.slow |= SLOW_CLOSING;
		flow->from_high.slow |= SLOW_CLOSING;
	}
	return 0;
}
