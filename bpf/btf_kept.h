/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Keeps in the BTF the types of abi.h that no map names; the ABI generator reads them there. */
#pragma once

#include "abi.h"

struct btf_kept {
	struct event event;
	enum direction direction;
	enum reserved_identity reserved_identity;
	enum policy_action policy_action;
	enum rule_flag rule_flag;
	enum drop_reason drop_reason;
	enum event_type event_type;
	enum verdict verdict;
	enum flow_end_cause flow_end_cause;
	enum flow_state flow_state;
	enum aggregation aggregation;
	enum trace_point trace_point;
	enum slow_cause slow_cause;
	enum pair_verdict pair_verdict;
	enum enforcement enforcement;
	enum hop hop;
	enum event_flag event_flag;
	enum policy_set_flag policy_set_flag;
	enum record_kind record_kind;
	enum simulated_action simulated_action;
	enum flow_leg flow_leg;
	enum proxy_label proxy_label;
	enum proxy_mark proxy_mark;
	struct policy_question policy_question;
};

struct btf_kept *unused_btf_kept __attribute__((unused));
