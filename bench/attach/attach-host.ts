/** Runs in a namespace of its own: attaches, and says what time and memory it took. */
import { possibleCpus } from '../../lib/native/addon.js';
import {
	type Assignment,
	type Datapath,
	type Endpoint,
	type Identity,
	type Network,
	openDatapath,
} from '../../lib/index.js';
import { endpointCodec, endpointCountersCodec, ifindexSlotCodec } from '../../lib/abi/generated.js';
import { serve } from '../support/serve.js';
import { addressOf, createInterfaces, interfaceName } from './interfaces.js';
import { type Memory, difference, grownSlabs, readMemory, readSlabs } from './memory.js';

export interface BulkCost {
	/** For all of them. */
	readonly ms: number;
	readonly memory: Memory;
	/** Tables that are there whole from the start: an endpoint's part of them. */
	readonly preallocated: number;
	/** Where the kernel's part went. */
	readonly slabs: readonly string[];
}

export interface Interfaces {
	readonly podNamespace: string;
	readonly first: number;
	readonly count: number;
}

let datapath: Datapath | undefined;

async function open(addresses: number): Promise<void> {
	datapath = await openDatapath({ capacity: { addresses: addresses + 4096 } });
}

function defaultNetwork(): Network {
	if (datapath === undefined) throw new Error('datapath: found none, expected open() first');
	return datapath.networks.default;
}

/** A hundred kinds of pods: as many identities and policy sets. */
function options(i: number, podNetns: string) {
	const name = `pod-${i}`;
	return { name, labels: { 'k8s:app': `app-${i % 100}` }, addresses: [addressOf(i)], podNetns };
}

/** Interfaces exist before the clock starts. */
function prepare({ podNamespace, first, count }: Interfaces): void {
	createInterfaces(podNamespace, first, count);
}

/** ms for each, one after the other. */
async function attachAlone({ podNamespace, first, count }: Interfaces): Promise<number[]> {
	const times: number[] = [];
	const endpoints: Endpoint[] = [];
	for (let i = first; i < first + count; i++) {
		const start = performance.now();
		endpoints.push(await defaultNetwork().attach(interfaceName(i), options(i, podNamespace)));
		times.push(performance.now() - start);
	}
	for (const endpoint of endpoints) await endpoint.detach();
	return times;
}

async function attachBulk({ podNamespace, first, count }: Interfaces): Promise<BulkCost> {
	const requests = Array.from({ length: count }, (_, k) => ({
		interface: interfaceName(first + k),
		options: options(first + k, podNamespace),
	}));
	const before = await readMemory();
	const slabs = readSlabs();
	const start = performance.now();
	const endpoints = await defaultNetwork().attachMany(requests);
	const ms = performance.now() - start;
	const memory = difference(await readMemory(), before);
	if (endpoints.length !== count) throw new Error(`attachMany: found ${endpoints.length} endpoints, expected ${count}`);
	const preallocated = endpointCodec.size + ifindexSlotCodec.size + endpointCountersCodec.size * possibleCpus();
	return { ms, memory, preallocated, slabs: grownSlabs(readSlabs(), slabs, count) };
}

const chunk = 50_000;

function* assignments(identity: Identity, first: number, end: number): Generator<Assignment> {
	for (let i = first; i < end; i++)
		yield { network: 'default', cidr: `100.${64 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}/32`, identity };
}

/** Addresses of an identity, in chunks that packets see whole. */
async function assignAddresses(count: number): Promise<Memory & { readonly ms: number }> {
	const target = datapath;
	if (target === undefined) throw new Error('datapath: found none, expected open() first');
	const identity = target.identities.allocate({ 'k8s:app': 'far' });
	const before = await readMemory();
	const start = performance.now();
	for (let done = 0; done < count; done += chunk)
		target.identities.assignMany(assignments(identity, done, Math.min(count, done + chunk)));
	const ms = performance.now() - start;
	return { ...difference(await readMemory(), before), ms };
}

serve({ open, prepare, attachAlone, attachBulk, assignAddresses }, async () => {
	await datapath?.unload();
});
