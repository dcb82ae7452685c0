import type { Flow, FlowPolicy, FlowRule } from '../../flows/flow.js';
import type { FlowMessage, PolicyMessage } from '../messages/flow-message.js';

/** Cilium's PolicyMatchType. */
export const POLICY_MATCH_TYPES: Readonly<Record<FlowRule['match'], number>> = {
	none: 0,
	'L3-Only': 1,
	'L3-L4': 2,
	'L4-Only': 3,
	all: 4,
};

type Policies = Pick<
	FlowMessage,
	'policy_match_type' | 'egress_allowed_by' | 'ingress_allowed_by' | 'egress_denied_by' | 'ingress_denied_by'
>;

/** Which policy decided, on the lines that tell a verdict. */
export function policyFields({ policy, trafficDirection }: Flow): Policies {
	if (policy?.rule === undefined) {
		return {};
	}
	const by = [policyMessage(policy.rule)];
	const ingress = trafficDirection === 'INGRESS';
	const match = { policy_match_type: POLICY_MATCH_TYPES[policy.rule.match] };
	if (allows(policy)) {
		return ingress ? { ...match, ingress_allowed_by: by } : { ...match, egress_allowed_by: by };
	}
	return ingress ? { ...match, ingress_denied_by: by } : { ...match, egress_denied_by: by };
}

export function allows({ action }: FlowPolicy): boolean {
	return action === 'ALLOWED' || action === 'REDIRECTED';
}

/** Of `CiliumNetworkPolicy default/web`; rows by hand have no kind. */
export function policyMessage({ policy, rule }: FlowRule): PolicyMessage {
	const labels = [`heddle:rule=${rule}`];
	const space = policy.indexOf(' ');
	if (space === -1) {
		return { name: policy, labels };
	}
	const path = policy.slice(space + 1).split('/');
	const name = path.pop();
	return { name, namespace: path[0], labels, kind: policy.slice(0, space) };
}
