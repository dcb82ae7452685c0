import { openDatapath } from '../../lib/index.js';

/** One node, in the namespace in which this runs: its pods, its uplink, its policy. */
interface NodeDescription {
	readonly uplink: string;
	readonly masquerade: boolean;
	readonly pods: readonly { host: string; netns: string; name: string; addresses: readonly string[] }[];
	readonly policies: readonly object[];
}

const { uplink, masquerade, pods, policies } = JSON.parse(process.argv[2] ?? '') as NodeDescription;
const datapath = await openDatapath({ sweepIntervalMs: 0 });
for (const { host, netns, name, addresses } of pods) {
	await datapath.networks.default.attach(host, {
		name,
		labels: { 'k8s:app': name, 'k8s:io.kubernetes.pod.namespace': 'default' },
		pod: { namespace: 'default', name },
		addresses,
		podNetns: netns,
	});
}
await datapath.attachUplink(uplink, { masquerade: masquerade && { nonMasqueradeCIDRs: ['10.0.0.0/8', 'fd00::/8'] } });
if (policies.length > 0) {
	datapath.policies.apply(...(policies as never[]));
}
process.stdout.write('ready\n');
process.stdin.resume();
process.stdin.on('end', () => void datapath.close());
