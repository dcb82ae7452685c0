/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a segment's flags say it is. */
#pragma once

#include "common.h"

#define TCP_FIN 1
#define TCP_SYN 2
#define TCP_RST 4
#define TCP_ACK 16

static __always_inline bool is_opening(const struct packet *packet)
{
	return packet->protocol == IPPROTO_TCP && (packet->tcp_flags & (TCP_SYN | TCP_ACK | TCP_FIN | TCP_RST)) == TCP_SYN;
}

static __always_inline bool is_opening_answer(const struct packet *packet)
{
	return packet->protocol == IPPROTO_TCP && (packet->tcp_flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);
}

/* Of a connection whose opening may have gone unseen. */
static __always_inline bool is_midstream(const struct packet *packet)
{
	return packet->protocol == IPPROTO_TCP && !is_opening(packet);
}

/* No flag at all, SYN with FIN, SYN with RST, and FIN without ACK are scans, not TCP (RFC 9293). */
static __always_inline bool tcp_flags_make_sense(__u8 flags)
{
	if (flags & TCP_SYN)
		return !(flags & (TCP_FIN | TCP_RST));
	return flags & (TCP_RST | TCP_ACK);
}
