/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who, then what: two exact steps, no precedence here. The control plane has folded peers that the same
 * rules treat alike into one class, and has resolved deny over allow when it wrote the rows.
 */
#pragma once

#include "maps.h"

struct policy_answer {
	__u32 cookie;
	__u8 verdict; /* enum verdict */
	__u8 reason; /* enum drop_reason when denied */
	__be16 proxy_port; /* that the rule names, or 0 */
};

static __always_inline __u32 peer_class(const struct policy_set *set, __u32 set_number, __u32 identity, __u8 direction)
{
	struct peer_key key = {.policy_set = set_number, .identity = identity, .direction = direction};
	struct peer *peer = bpf_map_lookup_elem(&peers, &key);

	return peer ? peer->rule_class : set->default_class[direction & 1];
}

static __always_inline struct rule *rule_of(__u32 rule_class, __u8 direction, __u8 protocol, __be16 port)
{
	struct rule_key key = {
		.prefixlen = 64,
		.rule_class = rule_class,
		.direction = direction,
		.protocol = protocol,
		.port = port,
	};

	return rule_class ? bpf_map_lookup_elem(&rules, &key) : NULL;
}

static __always_inline void deny(struct policy_answer *answer, __u8 reason, bool audit)
{
	answer->verdict = audit ? VERDICT_AUDITED : VERDICT_DENIED;
	answer->reason = audit ? 0 : reason;
}

/* What a packet meets of which no rule speaks. */
static __always_inline void answer_by_default(const struct endpoint *endpoint, __u32 flags, __u8 direction,
					      struct policy_answer *answer)
{
	__u32 denied = direction == DIRECTION_INGRESS ? POLICY_SET_INGRESS_DEFAULT_DENY : POLICY_SET_EGRESS_DEFAULT_DENY;
	__u32 audited = direction == DIRECTION_INGRESS ? POLICY_SET_INGRESS_AUDIT : POLICY_SET_EGRESS_AUDIT;

	if (endpoint->enforcement == ENFORCEMENT_ALWAYS || flags & denied)
		deny(answer, DROP_POLICY_DENIED, endpoint->audit);
	else if (flags & audited)
		deny(answer, DROP_POLICY_DENIED, true);
}

static __always_inline void answer_by_rule(const struct endpoint *endpoint, const struct rule *rule,
					   struct policy_answer *answer)
{
	if (rule->flags & RULE_SOFT && endpoint->enforcement == ENFORCEMENT_ALWAYS) {
		deny(answer, DROP_POLICY_DENIED, endpoint->audit);
		return;
	}
	answer->cookie = rule->cookie;
	if (rule->action == POLICY_ACTION_ALLOW) {
		answer->verdict = VERDICT_ALLOWED;
	} else if (rule->action == POLICY_ACTION_DENY) {
		deny(answer, DROP_POLICY_DENIED_BY_DENYLIST, endpoint->audit || rule->flags & RULE_AUDITED);
	} else {
		/* Also in audit mode: a packet that only the proxy could judge is not let past it. */
		answer->verdict = VERDICT_REDIRECTED;
		answer->proxy_port = rule->proxy_port;
	}
}

/* What the policy of `endpoint` says about `identity` at the other end. `port` is the responder's. */
static __always_inline void policy_ask(const struct endpoint *endpoint, __u8 direction, __u32 identity, __u8 protocol,
				       __be16 port, struct policy_answer *answer)
{
	__u32 has_rules = direction == DIRECTION_INGRESS ? POLICY_SET_INGRESS_RULES : POLICY_SET_EGRESS_RULES;
	__u32 set_number = endpoint->policy_set;
	struct policy_set *set;
	struct rule *rule = NULL;

	answer->cookie = 0;
	answer->reason = 0;
	answer->proxy_port = 0;
	answer->verdict = VERDICT_NOT_ENFORCED;
	if (endpoint->enforcement == ENFORCEMENT_NEVER)
		return;
	set = bpf_map_lookup_elem(&policy_sets, &set_number);
	if (!set) {
		deny(answer, DROP_POLICY_DENIED, false);
		return;
	}
	if (set->flags & has_rules)
		rule = rule_of(peer_class(set, set_number, identity, direction), direction, protocol, port);
	if (!rule || rule->action == POLICY_ACTION_DEFAULT)
		answer_by_default(endpoint, set->flags, direction, answer);
	else
		answer_by_rule(endpoint, rule, answer);
}
