/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is looked at before policy is asked. */
#pragma once

#include "endpoint.h"
#include "parse.h"
#include "tcp_state.h"

static __always_inline bool is_multicast(const struct packet *packet)
{
	if (packet->family == IPV6_VERSION)
		return packet->destination[0] == 0xff;
	return packet->destination[0] >= 224; /* and 240/4 with the broadcast address */
}

static __always_inline bool names_nobody(__u8 family, const __u8 *address)
{
	const __u64 *words = (const __u64 *)address;

	if (family == IPV4_VERSION)
		return address[0] == 0 || address[0] == 127;
	/* ::, ::1 and link-local */
	return (!words[0] && (words[1] == 0 || words[1] == bpf_cpu_to_be64(1))) ||
	       (address[0] == 0xfe && (address[1] & 0xc0) == 0x80);
}

/* A router must not pass a damaged header on (RFC 1812, 5.2.2); established flows leave it to the receiver. */
static __always_inline bool header_is_damaged(const struct frame *frame)
{
	struct iphdr *ip = frame->data + ETH_HLEN;

	if ((void *)(ip + 1) > frame->data_end)
		return true;
	if (ip->ihl != 5) /* options: the receiver's stack looks */
		return false;
	return fold(bpf_csum_diff(NULL, 0, (void *)ip, sizeof(*ip), 0)) != 0;
}

/* What no policy could allow. Returns 0 or the drop reason. */
static __always_inline int check_addresses(const struct frame *frame, const struct packet *packet,
					   const struct endpoint *endpoint)
{
	if (is_multicast(packet))
		return DROP_MULTICAST_UNSUPPORTED;
	if (names_nobody(packet->family, packet->source))
		return DROP_INVALID_SOURCE_IP;
	if (names_nobody(packet->family, packet->destination))
		return DROP_UNKNOWN_L3_TARGET;
	if (packet->family == IPV4_VERSION && header_is_damaged(frame))
		return DROP_INVALID_PACKET;
	if (!packet->to_endpoint)
		return owns_address(endpoint, packet->endpoint, packet->family, packet->source) ? 0 : DROP_INVALID_SOURCE_IP;
	return owns_address(endpoint, packet->endpoint, packet->family, packet->destination) ? 0 : DROP_UNKNOWN_L3_TARGET;
}

static __always_inline int check_tcp(const struct packet *packet)
{
	if (packet->protocol != IPPROTO_TCP || packet->later_fragment || tcp_flags_make_sense(packet->tcp_flags))
		return 0;
	return DROP_INVALID_PACKET;
}

/* Answers to nothing: they never begin a flow, or the next question from the other end would pass as a reply. */
static __always_inline bool needs_a_flow(const struct packet *packet)
{
	if (packet->protocol != IPPROTO_TCP)
		return packet->echo_reply;
	return is_opening_answer(packet) || packet->tcp_flags & TCP_RST;
}
