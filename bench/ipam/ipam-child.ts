/** The allocator alone, in a process of its own: its speed, and the memory of a million addresses. */
import { createIpam } from '../../lib/ipam/ipam.js';

const PAIRS = 200_000;
const MANY = 1_000_000;
const spec = { ipv4: { cidrs: ['10.0.0.0/8'], maskSize: 24 } };

/** Takes one address and gives one back, with a thousand in use. */
function pairsPerSecond(): number {
	const ipam = createIpam({ pool: spec });
	ipam.plan(Array.from({ length: 1000 }, (_, i) => ({ pool: 'pool', owner: `pod-${i}` }))).commit();
	const started = performance.now();
	for (let i = 0; i < PAIRS; i++) {
		ipam.plan([{ pool: 'pool', owner: `pod-${i + 1000}` }]).commit();
		ipam.release(`pod-${i}`);
	}
	const seconds = (performance.now() - started) / 1000;
	if (ipam.usage('pool').inUse !== 1000) throw new Error('allocator: found another number of owners than 1000');
	return PAIRS / seconds;
}

function collected(): number {
	globalThis.gc?.();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

/** Bytes, the owners' names included. */
function bytesOfMany(): number {
	const before = collected();
	const ipam = createIpam({ pool: spec });
	for (let i = 0; i < MANY; i++) ipam.plan([{ pool: 'pool', owner: `pod-${i}` }]).commit();
	const bytes = collected() - before;
	if (ipam.usage('pool').inUse !== MANY) throw new Error(`allocator: found another number of owners than ${MANY}`);
	return bytes;
}

process.send?.({ pairsPerSecond: pairsPerSecond(), bytes: bytesOfMany() });
process.disconnect?.();
