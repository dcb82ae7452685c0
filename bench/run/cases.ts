/** One figure each: ns a packet, as the kernel measured it, with the verdict asserted. */
import { median } from '../support/statistics.js';
import { type FrameSpec, buildFrame, tcpFlag } from './frames.js';
import { type Party, type World, closedPort, openPort } from './world.js';

const redirect = 7;
const drop = 2;
/** A forwarded packet loses one hop each time it is run: 255 are all there are. */
const repeat = 200;
const deniedRepeat = 2000;
const singleRuns = 1500;

type Family = 'v4' | 'v6';
export type Case = (world: World) => number;

function frameBetween(from: Party, to: Party, family: Family, change: Partial<FrameSpec> = {}): Uint8Array {
	return buildFrame({
		sourceMac: from.mac,
		destinationMac: from.hostMac,
		source: from[family],
		destination: to[family],
		protocol: 'udp',
		sourcePort: 40_000,
		destinationPort: openPort,
		...change,
	});
}

function run({ program }: World, from: Party, data: Uint8Array, times: number, expected: number): number {
	const { retval, durationNs } = program.testRun({ data, repeat: times, ifindex: from.ifindex });
	if (retval !== expected) throw new Error(`from_endpoint: found verdict ${retval}, expected ${expected}`);
	return durationNs;
}

function medianOf(count: number, one: () => number): number {
	return median(Array.from({ length: count }, one));
}

function established(family: Family, times = repeat): Case {
	return (world) => {
		const { client, server } = world;
		const frame = frameBetween(client, server, family);
		run(world, client, frame, 1, redirect);
		return medianOf(times === 1 ? singleRuns : 60, () => run(world, client, frame, times, redirect));
	};
}

function handshake(world: World, client: Party, server: Party): void {
	const tcp = { protocol: 'tcp' } as const;
	const back = { ...tcp, sourcePort: openPort, destinationPort: 40_000 };
	run(world, client, frameBetween(client, server, 'v4', { ...tcp, tcpFlags: tcpFlag.syn }), 1, redirect);
	const answer = frameBetween(server, client, 'v4', { ...back, tcpFlags: tcpFlag.syn | tcpFlag.ack });
	run(world, server, answer, 1, redirect);
}

function establishedTcp(world: World): number {
	const { client, server } = world;
	handshake(world, client, server);
	const frame = frameBetween(client, server, 'v4', { protocol: 'tcp' });
	return medianOf(60, () => run(world, client, frame, repeat, redirect));
}

/** The first packet of a flow exists once: every run has a source port that no run had before. */
function newFlow(family: Family): Case {
	return (world) => {
		const { client, server } = world;
		return medianOf(singleRuns, () => {
			const sourcePort = world.nextPort[family]++;
			if (sourcePort > 65_535) throw new Error('new flows: found no unused port, expected fewer rounds');
			return run(world, client, frameBetween(client, server, family, { sourcePort }), 1, redirect);
		});
	};
}

/** Each SYN is judged again, but finds its flow in the table. */
function openingTcp(world: World): number {
	const { client, server } = world;
	const frame = frameBetween(client, server, 'v4', { protocol: 'tcp', tcpFlags: tcpFlag.syn, sourcePort: 40_001 });
	return medianOf(60, () => run(world, client, frame, repeat, redirect));
}

function denied(family: Family): Case {
	return (world) => {
		const { client, server } = world;
		const frame = frameBetween(client, server, family, { destinationPort: closedPort });
		return medianOf(20, () => run(world, client, frame, deniedRepeat, drop));
	};
}

/** An established flow whose verdict is stale at every packet. */
function reevaluated(world: World): number {
	const { client, server } = world;
	const frame = frameBetween(client, server, 'v4');
	return medianOf(singleRuns, () => {
		world.epoch.bump();
		return run(world, client, frame, 1, redirect);
	});
}

export const cases: Readonly<Record<string, Case>> = {
	established: established('v4'),
	established_v6: established('v6'),
	established_tcp: establishedTcp,
	new: newFlow('v4'),
	new_v6: newFlow('v6'),
	opening_tcp: openingTcp,
	denied: denied('v4'),
	denied_v6: denied('v6'),
	reevaluate: reevaluated,
	established_single: established('v4', 1),
};

export const notes: Readonly<Record<string, string>> = {
	established: 'UDP, 200 runs a call',
	established_tcp: 'after a handshake',
	new: 'one run a frame, all of them distinct, clock reading included',
	opening_tcp: 'a repeated SYN: judged, not inserted',
	reevaluate: 'one run a frame, the epoch raised before each, clock reading included',
	established_single: 'one run a call: what clock and cold caches add to `new` and `reevaluate`',
};
