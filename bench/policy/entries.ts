/** How many entries policy takes in the kernel. */
import { openDatapath, type Datapath, type PolicyRow } from '../../lib/index.js';
import { podIdentityLabels } from '../../lib/labels/pod-labels.js';
import type { BenchContext } from '../support/context.js';

const replicas = 1000;
const peers = 5000;
const rules = 50;

export async function runEntries({ results, say }: BenchContext): Promise<void> {
	say('policy: entries');
	const one = await entriesOf((datapath) => replicate(datapath, 1));
	const many = await entriesOf((datapath) => replicate(datapath, replicas));
	results.add(
		'policy_entries_replicas',
		'ratio',
		many / one,
		`${replicas} replicas against one: ${many} and ${one} entries`,
	);
	const shared = await entriesOf(manyPeers);
	results.add('policy_entries_peers', 'entries', shared, `${rules} port rules for ${peers} peers in one set`);
}

async function entriesOf(fill: (datapath: Datapath) => void): Promise<number> {
	const datapath = await openDatapath({ sweepIntervalMs: 0 });
	try {
		fill(datapath);
		await datapath.refresh();
		const { peers: peerMap, rules: ruleMap } = datapath.stats().maps;
		return peerMap!.entries + ruleMap!.entries;
	} finally {
		await datapath.close();
	}
}

/** Replicas have equal labels, so one identity; each has an address of its own. */
function replicate(datapath: Datapath, count: number): void {
	const { identities, policies } = datapath;
	const labels = (app: string) => podIdentityLabels({ namespace: 'default', network: 'default', labels: { app } });
	const client = identities.allocate(labels('client'));
	const assignments = Array.from({ length: count }, (_, i) => {
		const identity = identities.allocate(labels('web'));
		return { network: 'default', cidr: `10.1.${i >> 8}.${i & 255}`, identity };
	});
	identities.assignMany(assignments);
	datapath
		.policyOf(assignments[0]!.identity)
		.set({ peer: client.id, direction: 'egress', protocol: 'tcp', port: 5432 }, { verdict: 'allow' });
	policies.apply(webPolicy([8080, 8081]));
}

function manyPeers(datapath: Datapath): void {
	const { identities, policies } = datapath;
	datapath.transaction(() => {
		for (let i = 0; i < peers; i++) {
			const labels = { app: 'client', number: String(i) };
			identities.allocate(podIdentityLabels({ namespace: 'default', network: 'default', labels }));
		}
	});
	const web = identities.allocate(
		podIdentityLabels({ namespace: 'default', network: 'default', labels: { app: 'web' } }),
	);
	const row: PolicyRow = [{ peer: 'any', direction: 'egress', protocol: 'any' }, { verdict: 'allow' }];
	// It has a policy set from now on.
	datapath.policyOf(web).set(...row);
	datapath.policyOf(web).clear();
	policies.apply(webPolicy(Array.from({ length: rules }, (_, i) => 8000 + 3 * i)));
}

function webPolicy(ports: readonly number[]): Record<string, unknown> {
	return {
		apiVersion: 'cilium.io/v2',
		kind: 'CiliumNetworkPolicy',
		metadata: { name: 'web' },
		spec: {
			endpointSelector: { matchLabels: { app: 'web' } },
			ingress: ports.map((port) => ({
				fromEndpoints: [{ matchLabels: { app: 'client' } }],
				toPorts: [{ ports: [{ port: String(port), protocol: 'TCP' }] }],
			})),
		},
	};
}
