/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Transport header → ports. Returns 0 or the drop reason; reads only what was checked against data_end. */
#pragma once

#include "tcp_flags.h"

#define ICMP4_ECHO_REPLY 0
#define ICMP4_UNREACHABLE 3
#define ICMP4_ECHO 8
#define ICMP4_TIME_EXCEEDED 11
#define ICMP4_PARAMETER_PROBLEM 12
#define ICMP4_TIMESTAMP 13
#define ICMP4_TIMESTAMP_REPLY 14
#define ICMP6_PARAMETER_PROBLEM 4
#define ICMP6_ECHO 128
#define ICMP6_ECHO_REPLY 129
#define ICMP6_ROUTER_SOLICITATION 133
#define ICMP6_NEIGHBOUR_SOLICITATION 135
#define ICMP6_NEIGHBOUR_ADVERTISEMENT 136

/* Beside the drop reasons: a packet that is no flow's. */
#define PARSED_NEIGHBOUR_DISCOVERY 1

struct l4_ports {
	__be16 source;
	__be16 destination;
};

struct tcp_header {
	struct l4_ports ports;
	__be32 sequence;
	__be32 acknowledgement;
	__u8 offset;
	__u8 flags;
	__be16 window;
	__be16 checksum;
	__be16 urgent;
};

struct udp_header {
	struct l4_ports ports;
	__be16 length;
	__be16 checksum;
};

struct icmp_header {
	__u8 type;
	__u8 code;
	__be16 checksum;
	__be16 id;
	__be16 sequence;
};

/* An echo's requester is known by the identifier, its other end by what was asked: two conversations, whoever asks. */
static __always_inline int parse_echo(struct packet *packet, const struct icmp_header *icmp, __u8 request, bool is_request)
{
	if (is_request) {
		packet->source_port = icmp->id;
		packet->destination_port = bpf_htons(request << 8 | icmp->code);
	} else {
		packet->echo_reply = 1;
		packet->source_port = bpf_htons(request << 8 | icmp->code);
		packet->destination_port = icmp->id;
	}
	return 0;
}

static __always_inline int parse_icmp4(struct packet *packet, void *l4, void *data_end)
{
	struct icmp_header *icmp = l4;

	if ((void *)(icmp + 1) > data_end)
		return DROP_CT_INVALID_HEADER;
	switch (icmp->type) {
	case ICMP4_ECHO:
	case ICMP4_TIMESTAMP:
		return parse_echo(packet, icmp, icmp->type, true);
	case ICMP4_ECHO_REPLY:
		return parse_echo(packet, icmp, ICMP4_ECHO, false);
	case ICMP4_TIMESTAMP_REPLY:
		return parse_echo(packet, icmp, ICMP4_TIMESTAMP, false);
	case ICMP4_UNREACHABLE:
	case ICMP4_TIME_EXCEEDED:
	case ICMP4_PARAMETER_PROBLEM:
		packet->icmp_error = 1;
		packet->destination_port = bpf_htons(icmp->type << 8 | icmp->code);
		return 0;
	}
	packet->destination_port = bpf_htons(icmp->type << 8 | icmp->code);
	return DROP_UNKNOWN_ICMPV4_TYPE;
}

static __always_inline int parse_icmp6(struct packet *packet, void *l4, void *data_end)
{
	struct icmp_header *icmp = l4;

	if ((void *)(icmp + 1) > data_end)
		return DROP_CT_INVALID_HEADER;
	if (icmp->type == ICMP6_ECHO)
		return parse_echo(packet, icmp, ICMP6_ECHO, true);
	if (icmp->type == ICMP6_ECHO_REPLY)
		return parse_echo(packet, icmp, ICMP6_ECHO, false);
	packet->destination_port = bpf_htons(icmp->type << 8 | icmp->code);
	if (icmp->type >= 1 && icmp->type <= ICMP6_PARAMETER_PROBLEM) {
		packet->icmp_error = 1;
		return 0;
	}
	switch (icmp->type) {
	case 130: /* multicast listener query, report, done; version 2's report (RFC 2710, RFC 3810) */
	case 131:
	case 132:
	case 143:
	case ICMP6_ROUTER_SOLICITATION:
		return DROP_MULTICAST_UNSUPPORTED;
	case ICMP6_NEIGHBOUR_SOLICITATION:
	case ICMP6_NEIGHBOUR_ADVERTISEMENT:
		return PARSED_NEIGHBOUR_DISCOVERY;
	case 134: /* router advertisement, redirect: a pod is no router */
	case 137:
		return DROP_FORBIDDEN_ICMPV6_MESSAGE;
	}
	return DROP_UNKNOWN_ICMPV6_TYPE;
}

static __always_inline int parse_l4(struct packet *packet, void *data, void *data_end, __u32 l4_length)
{
	void *l4 = data + packet->l4_offset;
	struct tcp_header *tcp = l4;
	struct udp_header *udp = l4;
	struct l4_ports *sctp = l4;

	switch (packet->protocol) {
	case IPPROTO_TCP:
		if ((void *)(tcp + 1) > data_end || tcp->offset >> 4 < 5 || l4_length < (tcp->offset >> 4) * 4)
			return DROP_CT_INVALID_HEADER;
		packet->source_port = tcp->ports.source;
		packet->destination_port = tcp->ports.destination;
		packet->tcp_flags = tcp->flags;
		packet->l4_header = (tcp->offset >> 4) * 4;
		return 0;
	case IPPROTO_UDP:
		if ((void *)(udp + 1) > data_end || l4_length < sizeof(*udp))
			return DROP_CT_INVALID_HEADER;
		packet->l4_header = sizeof(*udp);
		packet->source_port = udp->ports.source;
		packet->destination_port = udp->ports.destination;
		return 0;
	case IPPROTO_SCTP:
		if (l4 + 12 > data_end || l4_length < 12)
			return DROP_CT_INVALID_HEADER;
		packet->source_port = sctp->source;
		packet->destination_port = sctp->destination;
		return 0;
	case IPPROTO_ICMP:
		return packet->family == IPV4_VERSION ? parse_icmp4(packet, l4, data_end) : DROP_UNKNOWN_ICMPV4_TYPE;
	case IPPROTO_ICMPV6:
		return packet->family == IPV6_VERSION ? parse_icmp6(packet, l4, data_end) : DROP_UNKNOWN_ICMPV6_TYPE;
	}
	return 0; /* unknown to us: known by addresses and protocol number alone */
}
