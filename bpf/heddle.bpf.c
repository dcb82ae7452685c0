// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The datapath. Read from here: a frame is parsed (parse.h, l4.h, fragment.h), its flow is looked up once
 * (flow.h) and, while the verdict in it is current, delivered (deliver.h). Everything else is slow_path.h,
 * which judges (judge.h, policy.h, endpoint.h) and remembers. events.h counts and tells.
 */
#include "common.h"

#include "maps.h"

#include "arrive.h"
#include "ask.h"
#include "early.h"
#include "meet_proxy.h"
#include "neighbour.h"
#include "parse.h"
#include "slow_path.h"
#include "sweep.h"

/* The established packet: one lookup, one epoch, and on. */
static __always_inline int forward_in(struct __sk_buff *skb, struct packet *packet, struct flow *flow, bool from_low)
{
	__u32 self = sender_of(packet);
	__u32 tick = now_tick(), target, timeout;
	struct flow_half *half;
	__u64 word;
	int action;

	if (unlikely(!flow || packet->icmp_error || packet->simulated))
		return slow_path(skb, packet, flow, from_low);
	half = flow_half(flow, from_low);
	word = READ_ONCE(half->forward);
	target = forward_target(word);
	timeout = packet->protocol == IPPROTO_TCP ? control.timeout_tcp_established : control.timeout_any;
	if (unlikely(forward_epoch(word) != control.epoch || forward_source(word) != self || is_slow(half, tick) ||
		     packet->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST) || (__s32)(tick - half->last_seen - timeout) > 0 ||
		     (packet->to_endpoint && target != packet->endpoint && target != HOP_PROXY)))
		return slow_path(skb, packet, flow, from_low);
	action = likely(target < HOP_PROXY) ? deliver(skb, packet, target) : deliver_in_flow(skb, packet, flow, target);
	if (unlikely(action == TC_ACT_SHOT || packet->refused))
		return action;
	flow_count(half, packet->length, tick);
	count_forwarded(packet);
	return action;
}

static __always_inline int forward(struct __sk_buff *skb, struct packet *packet)
{
	bool from_low = source_is_low(packet);

	return forward_in(skb, packet, flow_of(packet, from_low), from_low);
}

static __always_inline int forward_frame(struct __sk_buff *skb, struct packet *packet, const struct ifindex_slot *slot)
{
	struct ethhdr *ethernet;
	struct frame frame;
	int reason;

	make_headers_linear(skb);
	frame = frame_of(skb);
	ethernet = frame.data;
	if ((void *)(ethernet + 1) > frame.data_end)
		return drop_packet(packet, DROP_INVALID_PACKET);
	if (unlikely(skb->vlan_present || ethernet->h_proto == bpf_htons(ETH_P_8021Q) ||
		     ethernet->h_proto == bpf_htons(ETH_P_8021AD)))
		return drop_packet(packet, DROP_VLAN_DISALLOWED);
	if (!packet->to_endpoint && unlikely(!same_mac(ethernet->h_source, slot->mac)))
		return drop_packet(packet, DROP_INVALID_SOURCE_MAC);
	if (ethernet->h_proto == bpf_htons(ETH_P_IP)) {
		reason = parse_ipv4(&frame, packet);
	} else if (ethernet->h_proto == bpf_htons(ETH_P_IPV6)) {
		reason = parse_ipv6(&frame, packet);
	} else if (ethernet->h_proto == bpf_htons(ETH_P_ARP)) {
		return packet->to_endpoint ? TC_ACT_OK : arp_from_endpoint(skb, packet);
	} else {
		reason = bpf_ntohs(ethernet->h_proto) < ETH_P_802_3_MIN ? DROP_UNSUPPORTED_L2_PROTOCOL
									: DROP_UNSUPPORTED_L3_PROTOCOL;
	}
	if (unlikely(reason == PARSED_NEIGHBOUR_DISCOVERY))
		return packet->to_endpoint ? TC_ACT_OK : neighbour_from_endpoint(skb, packet);
	if (unlikely(reason))
		return drop_packet(packet, reason);
	return forward(skb, packet);
}

/* From the pod: TC ingress of the host-side interface. */
static __always_inline int leave(struct __sk_buff *skb, bool simulated)
{
	struct packet packet = {.length = skb->len, .simulated = simulated};
	struct ifindex_slot *slot = slot_of(skb->ifindex);

	if (unlikely(!slot))
		return drop_packet(&packet, DROP_UNKNOWN_SENDER);
	packet.endpoint = slot->endpoint;
	packet.network = slot->network;
	return forward_frame(skb, &packet, slot);
}

/* From the host's stack to the pod: TC egress of the host-side interface. */
static __always_inline int enter(struct __sk_buff *skb, bool simulated)
{
	struct packet packet = {
		.length = skb->len,
		.to_endpoint = 1,
		.from_host = !simulated && !skb->ingress_ifindex,
		.simulated = simulated,
	};
	struct ifindex_slot *slot = slot_of(skb->ifindex);

	if (unlikely(!slot))
		return drop_packet(&packet, DROP_UNKNOWN_L3_TARGET);
	packet.endpoint = slot->endpoint;
	packet.network = slot->network;
	/* What another pod sent to the host is not the host's to send on: it would come from no network, or another. */
	if (unlikely(skb->ingress_ifindex && slot_of(skb->ingress_ifindex)))
		return drop_packet(&packet, DROP_NETWORK_CROSSED);
	return forward_frame(skb, &packet, slot);
}

/* From outside: TC ingress of an uplink. What is not for a pod is not ours, and passes. */
static __always_inline int arrive(struct __sk_buff *skb)
{
	struct packet packet = {.length = skb->len, .to_endpoint = 1, .from_uplink = 1};
	struct uplink *uplink = uplink_of(skb->ifindex);
	struct frame frame;
	bool by_address;
	int reason;

	if (!uplink || skb->pkt_type != PACKET_HOST || skb->vlan_present)
		return TC_ACT_OK;
	make_headers_linear(skb);
	frame = frame_of(skb);
	if (!read_destination(&frame, &packet))
		return TC_ACT_OK;
	by_address = find_pod(skb->ifindex, &packet);
	if (!by_address && !is_masquerades(uplink, &packet))
		return TC_ACT_OK;
	reason = parse_ip(&frame, &packet);
	if (reason == PARSED_NEIGHBOUR_DISCOVERY)
		return TC_ACT_OK;
	if (!by_address) {
		reason = reason ? ARRIVED_FOR_HOST : arrive_masqueraded(skb, &packet);
		if (reason)
			return reason == ARRIVED_FOR_HOST ? TC_ACT_OK : reason;
	} else if (reason) {
		return drop_packet(&packet, reason);
	}
	return forward(skb, &packet);
}

/* From the L7 proxy: TC ingress of the host-side interface that leads to it. */
static __always_inline int leave_proxy(struct __sk_buff *skb)
{
	struct packet packet = {.length = skb->len, .from_proxy = 1};
	struct proxy *proxy = proxy_of(skb->ifindex);
	struct flow *flow;
	struct frame frame;
	bool from_low;

	if (!proxy)
		return drop_packet(&packet, DROP_UNKNOWN_SENDER);
	packet.network = proxy->network;
	make_headers_linear(skb);
	frame = frame_of(skb);
	if (!read_destination(&frame, &packet) || parse_ip(&frame, &packet) || !is_proxied(packet.protocol))
		return TC_ACT_SHOT;
	from_low = source_is_low(&packet);
	flow = flow_for_proxy(&packet, is_labelled_for_server(&frame), from_low);
	return forward_in(skb, &packet, flow, from_low);
}

static __always_inline int simulate(int action, __u8 passed)
{
	struct simulation *result = bpf_map_lookup_elem(&simulation, &only_entry);

	/* Neighbour messages are answered or passed without a judgement. */
	if (result && !result->action && action != TC_ACT_SHOT)
		result->action = action == TC_ACT_REDIRECT ? SIMULATED_REPLY : passed;
	return action;
}

static __always_inline void simulation_clear(void)
{
	struct simulation *result = bpf_map_lookup_elem(&simulation, &only_entry);

	if (result)
		__builtin_memset(result, 0, sizeof(*result));
}

SEC("tc")
int from_endpoint(struct __sk_buff *skb)
{
	return leave(skb, false);
}

SEC("tc")
int to_endpoint(struct __sk_buff *skb)
{
	return enter(skb, false);
}

SEC("tc")
int from_uplink(struct __sk_buff *skb)
{
	return arrive(skb);
}

SEC("tc")
int from_proxy(struct __sk_buff *skb)
{
	return leave_proxy(skb);
}

/* In the proxy's namespace: TC ingress of its interface. */
SEC("tc")
int to_proxy(struct __sk_buff *skb)
{
	return meet_proxy(skb);
}

SEC("tc")
int ask_policy(struct __sk_buff *skb)
{
	return answer(skb);
}

/* Without fragments: with them, Linux 6.18 loses in generic mode what the program lets pass. */
SEC("xdp")
int early_from_uplink(struct xdp_md *xdp)
{
	return drop_early(xdp);
}

/* The same code for a frame that is nobody's: nothing is counted, remembered or told but to `simulation`. */
SEC("tc")
int simulate_from_endpoint(struct __sk_buff *skb)
{
	simulation_clear();
	return simulate(leave(skb, true), SIMULATED_TO_HOST);
}

SEC("tc")
int simulate_to_endpoint(struct __sk_buff *skb)
{
	simulation_clear();
	return simulate(enter(skb, true), SIMULATED_TO_ENDPOINT);
}

SEC("syscall")
int sweep(void *unused)
{
	struct sweep *result = bpf_map_lookup_elem(&sweep_result, &only_entry);
	struct sweep_context context = {.result = result, .tick = now_tick()};

	if (!result)
		return 1;
	__builtin_memset(result, 0, sizeof(*result));
	bpf_for_each_map_elem(&flows4, sweep_flow4, &context, 0);
	bpf_for_each_map_elem(&flows6, sweep_flow6, &context, 0);
	bpf_for_each_map_elem(&masqueraded, sweep_mapping, NULL, 0);
	return 0;
}

/* Both clocks at once: with them user space finds out how many jiffies a second has. */
SEC("syscall")
int read_clock(void *unused)
{
	struct clock *result = bpf_map_lookup_elem(&clock_result, &only_entry);

	if (!result)
		return 1;
	result->jiffies = bpf_jiffies64();
	result->monotonic_ns = bpf_ktime_get_ns();
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
