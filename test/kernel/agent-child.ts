import { openAgent } from '../../lib/index.js';
import type { PodRequest } from '../../lib/index.js';

// Attaches, plugs, relabels, applies and detaches without end, for somebody to kill it at any moment.
const [statePath = '', pinPath = '', ...namespaces] = process.argv.slice(2);
const agent = await openAgent({ statePath, datapath: { pinPath, sweepIntervalMs: 0 } });
process.stdout.write('open\n');

const random = (below: number) => Math.floor(Math.random() * below);
const idOf = (netns: string) => `busy/${netns}`;

function requestOf(netns: string): PodRequest {
	const networks = random(2) === 0 ? ['default'] : ['default', 'jupiter'];
	return {
		id: idOf(netns),
		netns,
		pod: { namespace: 'busy', name: netns, labels: { app: `a${random(3)}` } },
		networks,
		sticky: random(3) === 0,
	};
}

const policy = (port: number) => ({
	apiVersion: 'cilium.io/v2',
	kind: 'CiliumNetworkPolicy',
	metadata: { name: 'busy', namespace: 'busy' },
	spec: { endpointSelector: {}, ingress: [{ toPorts: [{ ports: [{ port: String(port), protocol: 'TCP' }] }] }] },
});

const STEPS: readonly ((netns: string) => Promise<unknown>)[] = [
	(netns) => agent.attachPod(requestOf(netns)),
	(netns) => agent.attachPods(namespaces.filter((one) => one !== netns).map(requestOf)),
	(netns) => agent.detachPod(idOf(netns)),
	() => agent.detachPods(namespaces.map(idOf)),
	(netns) => agent.plug(idOf(netns), 'jupiter'),
	(netns) => agent.unplug(idOf(netns), 'jupiter'),
	(netns) => agent.relabelPod(idOf(netns), { labels: { app: `a${random(3)}` } }),
	() => agent.apply(policy(1 + random(1000))),
	() => agent.delete({ kind: 'CiliumNetworkPolicy', namespace: 'busy', name: 'busy' }),
];

for (;;) {
	const netns = namespaces[random(namespaces.length)]!;
	// What cannot be done now is refused, and that is what it should be.
	await STEPS[random(STEPS.length)]!(netns).catch(() => undefined);
}
