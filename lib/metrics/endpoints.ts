import type { Identity } from '../datapath/types.js';
import type { Family, LabelValues, Sample } from './family.js';
import type { MeasuredEndpoint, MetricsView } from './view.js';

/** Cilium's names of where an identity counts. */
const IDENTITY_TYPES: Readonly<Record<Identity['kind'], string>> = {
	reserved: 'reserved',
	labels: 'cluster_local',
	cidr: 'node_local',
};

/** Endpoints, identities and policies as this process knows them. */
export const ENDPOINT_FAMILIES: readonly Family[] = [
	{
		name: 'cilium_endpoint',
		help: 'Number of endpoints managed by this agent',
		type: 'gauge',
		labels: ['network'],
		samples: (view) => eachEndpoint(view, () => ({})),
	},
	{
		name: 'cilium_endpoint_state',
		help: 'Count of all endpoints, tagged by different endpoint states',
		type: 'gauge',
		labels: ['endpoint_state', 'network'],
		samples: (view) => eachEndpoint(view, () => ({ endpoint_state: 'ready' })),
	},
	{
		name: 'cilium_policy_endpoint_enforcement_status',
		help: 'Number of endpoints labeled by policy enforcement status',
		type: 'gauge',
		labels: ['enforcement', 'network'],
		samples: (view) => eachEndpoint(view, (endpoint) => ({ enforcement: enforcementStatus(endpoint) })),
	},
	{
		name: 'cilium_policy',
		help: 'Number of policies currently loaded',
		type: 'gauge',
		labels: [],
		samples: ({ policies }) => [[{}, policies]],
	},
	{
		name: 'cilium_identity',
		help: 'Number of identities currently allocated',
		type: 'gauge',
		labels: ['type'],
		samples: identities,
	},
];

function* eachEndpoint(
	{ endpoints }: MetricsView,
	labelsOf: (endpoint: MeasuredEndpoint) => LabelValues,
): Generator<Sample> {
	for (const endpoint of endpoints.values()) {
		yield [{ ...labelsOf(endpoint), network: endpoint.network.name }, 1];
	}
}

/** 'none', 'ingress', 'egress', 'both', with 'audit-' before where what policy denies is forwarded. */
function enforcementStatus({ enforced: { ingress, egress }, audit }: MeasuredEndpoint): string {
	if (!ingress && !egress) {
		return 'none';
	}
	return `${audit ? 'audit-' : ''}${ingress && egress ? 'both' : ingress ? 'ingress' : 'egress'}`;
}

function* identities({ identities }: MetricsView): Generator<Sample> {
	for (const { kind } of identities) {
		yield [{ type: IDENTITY_TYPES[kind] }, 1];
	}
}
