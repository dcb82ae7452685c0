/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What policy says of a connection, for whoever has to act on it outside of the datapath: the L7 proxy. */
#pragma once

#include "impersonate.h"
#include "judge.h"

static __always_inline void tell(const struct judgement *judgement, struct policy_question *question)
{
	question->source_identity = judgement->source_identity;
	question->destination_identity = judgement->destination_identity;
	question->source_endpoint = judgement->source_endpoint;
	question->destination_endpoint = judgement->destination_endpoint;
	question->egress_cookie = judgement->egress_cookie;
	question->ingress_cookie = judgement->ingress_cookie;
	question->egress_verdict = judgement->egress_verdict;
	question->ingress_verdict = judgement->ingress_verdict;
	question->reason = judgement->reason;
}

/* Returns 0, or 1 where the frame is no question. */
static __always_inline int answer(struct __sk_buff *skb)
{
	struct policy_question *question = (void *)(long)skb->data;
	struct judgement judgement = {};
	struct packet packet = {};

	if ((void *)(question + 1) > (void *)(long)skb->data_end)
		return 1;
	question->epoch = control.epoch;
	packet.network = question->network;
	packet.family = question->family;
	packet.protocol = question->protocol;
	packet.source_port = question->source_port;
	packet.destination_port = question->destination_port;
	copy16(packet.source, question->source_address);
	copy16(packet.destination, question->destination_address);
	if (impersonate(&packet))
		judgement.reason = DROP_UNKNOWN_SENDER;
	else
		judge(&packet, false, &judgement);
	tell(&judgement, question);
	return 0;
}
