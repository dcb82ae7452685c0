// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What redirection alone costs: no parsing, no policy, no flows. The floor under heddle's own figures. */
#include "common.h"

struct target {
	__u32 ifindex; /* host-side interface of the other pod */
	__u8 mac[6];
	__u8 host_mac[6];
};

/* User space → program, by the interface that the packet came in on, modulo its size. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct target);
	__uint(max_entries, 1024);
} targets SEC(".maps");

SEC("tc")
int redirect(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *data_end = (void *)(long)skb->data_end;
	__u32 slot = skb->ifindex & 1023;
	struct target *target = bpf_map_lookup_elem(&targets, &slot);
	struct ethhdr *ethernet = data;

	if (!target || !target->ifindex || (void *)(ethernet + 1) > data_end)
		return TC_ACT_OK;
	__builtin_memcpy(ethernet->h_dest, target->mac, ETH_ALEN);
	__builtin_memcpy(ethernet->h_source, target->host_mac, ETH_ALEN);
	return bpf_redirect_peer(target->ifindex, 0);
}

char _license[] SEC("license") = "Dual BSD/GPL";
