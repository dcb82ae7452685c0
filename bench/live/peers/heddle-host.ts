/** Runs in the host namespace of the heddle peer. */
import { type Aggregation, type Datapath, type Endpoint, type PolicyRow, openDatapath } from '../../../lib/index.js';
import { serve } from '../../support/serve.js';
import type { Pod } from '../topology.js';

export interface Setup {
	readonly client: Pod;
	readonly server: Pod;
	readonly openPort: number;
	readonly rows: number;
	readonly addresses: number;
}

let datapath: Datapath | undefined;

function attach(target: Datapath, pod: Pod, app: string): Promise<Endpoint> {
	const options = { name: app, labels: { 'k8s:app': app }, addresses: [pod.address], podNetns: pod.namespace };
	return target.networks.default.attach(pod.hostSide, options);
}

/** The open port for the client; the rest are ports that nobody uses. */
function policyRows(client: Endpoint, { openPort, rows }: Setup): PolicyRow[] {
	const row = (protocol: 'tcp' | 'udp', port: number): PolicyRow => [
		{ peer: client.identity.id, direction: 'ingress', protocol, port },
		{ verdict: 'allow' },
	];
	const others = Array.from({ length: rows - 2 }, (_, i) => row('tcp', 10_000 + 2 * i));
	return [row('tcp', openPort), row('udp', openPort), ...others];
}

function assignOthers({ identities }: Datapath, { addresses }: Setup): void {
	const identity = identities.allocate({ 'k8s:app': 'other' });
	const cidr = (i: number) => `100.64.${i >> 8}.${i & 255}/32`;
	identities.assignMany(Array.from({ length: addresses }, (_, i) => ({ network: 'default', cidr: cidr(i), identity })));
}

async function open(setup: Setup): Promise<void> {
	datapath = await openDatapath();
	const client = await attach(datapath, setup.client, 'client');
	const server = await attach(datapath, setup.server, 'server');
	server.policy.setMany(policyRows(client, setup));
	assignOthers(datapath, setup);
}

let watching: Promise<number> | undefined;
let stream: ReturnType<Datapath['flows']> | undefined;

function tell(level: Aggregation): void {
	for (const endpoint of datapath?.endpoints.values() ?? []) endpoint.setAggregation(level);
}

/** Someone reads what is told at this level. */
function watch(level: Aggregation): void {
	tell(level);
	stream = datapath?.flows();
	watching = count(stream!);
}

async function count(flows: AsyncIterable<unknown>): Promise<number> {
	let read = 0;
	for await (const flow of flows) if (flow !== undefined) read++;
	return read;
}

/** Flows that were read. From now on nobody reads, and the least is told. */
async function unwatch(): Promise<number> {
	tell('maximum');
	await stream?.close();
	return (await watching) ?? 0;
}

serve({ open, watch, unwatch }, async () => {
	await datapath?.unload();
});
