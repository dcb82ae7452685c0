/** Second ruler: ns a packet by BPF_PROG_TEST_RUN on the loaded programs, worlds of several sizes in turn. */
import { setImmediate } from 'node:timers/promises';
import { Netlink, netns } from '../../lib/native/addon.js';
import { createNamespace } from '../live/topology.js';
import type { BenchContext } from '../support/context.js';
import { ratios, summarize } from '../support/statistics.js';
import { cases, notes } from './cases.js';
import { type World, type WorldSize, createWorld } from './world.js';

const base: WorldSize = { addresses: 1000, rows: 1000 };
const largest: WorldSize = { addresses: 1_000_000, rows: 100_000 };
const shortSizes = [base, { addresses: 100_000, rows: 100_000 }, largest];
const fullSizes = [1000, 100_000, 1_000_000].flatMap((addresses) =>
	[1000, 100_000].map((rows) => ({ addresses, rows })),
);

/** Cases that are measured in every world; the others in the smallest. */
const scaling = ['established', 'new', 'denied'];

export async function runPrograms(context: BenchContext): Promise<void> {
	const namespace = netns.open(await createNamespace(context.cleanup, 'run'));
	context.cleanup.add(() => netns.close(namespace));
	const interfaces = createInterfaces(namespace);
	const worlds: World[] = [];
	for (const size of context.full ? fullSizes : shortSizes) {
		context.say(`run: filling ${suffix(size)}`);
		const world = await createWorld(size, interfaces);
		context.cleanup.add(() => world.close());
		worlds.push(world);
	}
	const rounds = context.full ? 15 : 7;
	const measured: Measured = new Map();
	for (let round = 0; round < rounds && !context.cleanup.interrupted; round++) {
		context.say(`run: round ${round + 1} of ${rounds}`);
		netns.run(namespace, () => measureRound(worlds, measured));
		await setImmediate();
	}
	report(context, worlds, measured);
}

/** Two interfaces to run on; nothing is attached to them. */
function createInterfaces(namespace: number): [number, number] {
	const netlink = new Netlink(namespace);
	const { ifindex, peerIfindex } = netlink.addVeth({ name: 'run1', peer: { name: 'run2' } });
	for (const index of [ifindex, peerIfindex]) netlink.setLink(index, { up: true });
	netlink.close();
	return [ifindex, peerIfindex];
}

type Measured = Map<string, number[]>;

function measureRound(worlds: readonly World[], measured: Measured): void {
	for (const [name, measure] of Object.entries(cases))
		for (const world of worlds) {
			if (world !== worlds[0] && !scaling.includes(name)) continue;
			world.drain();
			push(measured, key(name, world.size), measure(world));
		}
}

function push(measured: Measured, name: string, value: number): void {
	const values = measured.get(name) ?? [];
	values.push(value);
	measured.set(name, values);
}

function suffix({ addresses, rows }: WorldSize): string {
	const short = (count: number) => (count >= 1e6 ? `${count / 1e6}m` : `${count / 1e3}k`);
	return `a${short(addresses)}_r${short(rows)}`;
}

function key(name: string, size: WorldSize): string {
	return size.addresses === base.addresses && size.rows === base.rows ? name : `${name}_${suffix(size)}`;
}

function report({ results }: BenchContext, worlds: readonly World[], measured: Measured): void {
	for (const [name, values] of measured) results.add(`run_${name}_ns`, 'ns', summarize(values), notes[name]);
	const large = measured.get(key('established', largest)) ?? [];
	const small = measured.get('established') ?? [];
	results.add(
		'scale_addresses',
		'times',
		summarize(ratios(large, small)),
		'1 M addresses and 100 k rows against 1 k and 1 k',
	);
	for (const { size, maps } of worlds)
		results.fact(
			`programs: ${size.addresses} addresses in ${mebibytes(maps.addresses.handle.info.memoryBytes)}, ` +
				`${size.rows} rows in ${mebibytes(maps.rules.handle.info.memoryBytes)}, as many peer entries`,
		);
}

function mebibytes(bytes: number): string {
	return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
