/** Runs in the host namespace of the heddle contenders. */
import os from 'node:os';
import { type Datapath, type PolicyInput, openDatapath } from '../../../lib/index.js';
import type { Pod } from '../../live/topology.js';
import { serve } from '../../support/serve.js';

export interface Setup {
	readonly client: Pod;
	readonly server: Pod;
	readonly rulePort: number;
	readonly plainPort: number;
	/** Undefined: no rules.http anywhere, and no proxy. */
	readonly http: { readonly path: string; readonly threads: number } | undefined;
}

let datapath: Datapath | undefined;

function labels(app: string): Record<string, string> {
	return { 'k8s:app': app, 'k8s:io.kubernetes.pod.namespace': 'default' };
}

async function attach(target: Datapath, pod: Pod, app: string): Promise<void> {
	const options = { name: app, labels: labels(app), addresses: [pod.address], podNetns: pod.namespace };
	await target.networks.default.attach(pod.hostSide, options);
}

function policy({ rulePort, plainPort, http }: Setup): PolicyInput {
	const rules = http === undefined ? {} : { rules: { http: [{ method: 'GET', path: http.path }] } };
	return {
		apiVersion: 'cilium.io/v2',
		kind: 'CiliumNetworkPolicy',
		metadata: { name: 'web' },
		spec: {
			endpointSelector: { matchLabels: { app: 'server' } },
			ingress: [
				{
					fromEndpoints: [{ matchLabels: { app: 'client' } }],
					toPorts: [
						{ ports: [{ port: String(rulePort), protocol: 'TCP' }], ...rules },
						{ ports: [{ port: String(plainPort), protocol: 'TCP' }] },
					],
				},
			],
		},
	};
}

async function open(setup: Setup): Promise<void> {
	// As the client and the server; the proxy's threads inherit it.
	os.setPriority(os.constants.priority.PRIORITY_HIGHEST);
	const { http, client, server } = setup;
	datapath = await openDatapath(http === undefined ? {} : { l7: { threads: http.threads } });
	await attach(datapath, client, 'client');
	await attach(datapath, server, 'server');
	datapath.policies.apply(policy(setup));
}

function stats(): unknown {
	return datapath?.l7.stats();
}

serve({ open, stats }, async () => {
	await datapath?.unload();
});
