/* SPDX-License-Identifier: Apache-2.0 */
/* A UDP frame of either family with right lengths and checksums. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <string.h>

#include "traffic.h"

#define HOPS 64

static uint32_t sum_words(const void *data, uint32_t length, uint32_t sum)
{
	const uint8_t *bytes = data;

	for (uint32_t i = 0; i + 1 < length; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	if (length & 1)
		sum += (uint32_t)bytes[length - 1] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

static void fill_udp(struct udphdr *udp, const struct frame_spec *spec, uint32_t length, uint32_t pseudo)
{
	udp->uh_sport = htons(spec->source_port);
	udp->uh_dport = htons(spec->destination_port);
	udp->uh_ulen = htons((uint16_t)length);
	udp->uh_sum = 0;
	udp->uh_sum = fold(sum_words(udp, length, pseudo + IPPROTO_UDP + length));
}

static void fill_v4(uint8_t *at, const struct frame_spec *spec, uint32_t length, struct in_addr *ends)
{
	struct iphdr *ip = (void *)at;

	ip->version = 4;
	ip->ihl = 5;
	ip->tot_len = htons((uint16_t)length);
	ip->ttl = HOPS;
	ip->protocol = IPPROTO_UDP;
	ip->saddr = ends[0].s_addr;
	ip->daddr = ends[1].s_addr;
	ip->check = fold(sum_words(ip, sizeof(*ip), 0));
	fill_udp((void *)(ip + 1), spec, length - sizeof(*ip), sum_words(&ip->saddr, 8, 0));
}

static void fill_v6(uint8_t *at, const struct frame_spec *spec, uint32_t length, struct in6_addr *ends)
{
	struct ip6_hdr *ip = (void *)at;

	ip->ip6_flow = htonl(6u << 28);
	ip->ip6_plen = htons((uint16_t)(length - sizeof(*ip)));
	ip->ip6_nxt = IPPROTO_UDP;
	ip->ip6_hlim = HOPS;
	ip->ip6_src = ends[0];
	ip->ip6_dst = ends[1];
	fill_udp((void *)(ip + 1), spec, length - sizeof(*ip), sum_words(&ip->ip6_src, 32, 0));
}

int build_udp_frame(struct frame *frame, const struct frame_spec *spec)
{
	struct ether_header *ethernet = (void *)frame->bytes;
	struct in6_addr ends6[2];
	struct in_addr ends4[2];
	bool v6 = inet_pton(AF_INET6, spec->source, &ends6[0]) == 1 && inet_pton(AF_INET6, spec->destination, &ends6[1]) == 1;

	if (!v6 && (inet_pton(AF_INET, spec->source, &ends4[0]) != 1 || inet_pton(AF_INET, spec->destination, &ends4[1]) != 1))
		return -EINVAL;
	frame->length = spec->size < 62 && v6 ? 62 : spec->size;
	if (frame->length < 60 || frame->length > FRAME_ROOM)
		return -EMSGSIZE;
	memset(frame->bytes, 0, sizeof(frame->bytes));
	memcpy(ethernet->ether_dhost, spec->destination_mac, 6);
	memcpy(ethernet->ether_shost, spec->source_mac, 6);
	ethernet->ether_type = htons(v6 ? ETHERTYPE_IPV6 : ETHERTYPE_IP);
	if (v6)
		fill_v6(frame->bytes + sizeof(*ethernet), spec, frame->length - sizeof(*ethernet), ends6);
	else
		fill_v4(frame->bytes + sizeof(*ethernet), spec, frame->length - sizeof(*ethernet), ends4);
	return 0;
}
