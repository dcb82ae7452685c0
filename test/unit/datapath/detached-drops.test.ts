import { describe, expect, it } from 'vitest';

import { createDetachedDrops } from '../../../lib/datapath/detached-drops.js';
import { HeddleError } from '../../../lib/errors.js';
import { dropReason } from '../../../lib/flows/drop-reasons.js';
import { noRecords } from '../../../lib/kernel/records.js';
import type { Records } from '../../../lib/kernel/records.js';

const drop = (direction: 'ingress' | 'egress', reason: number, packets: bigint) => ({
	direction,
	reason: dropReason(reason),
	packets,
});

/** As the kernel's map keeps them, with room for so many. */
function memoryRecords(room = Infinity): Records & { readonly size: number } {
	const kept = new Map<string, string>();
	return {
		...noRecords(),
		get size() {
			return kept.size;
		},
		put(kind, id, value) {
			const key = `${kind} ${id}`;
			if (!kept.has(key) && kept.size >= room) {
				throw new HeddleError('ERR_MAP_FULL', "map 'records' is full");
			}
			kept.set(key, JSON.stringify(value));
		},
		get<T>(kind: number, id: number) {
			const found = kept.get(`${kind} ${id}`);
			return found === undefined ? undefined : (JSON.parse(found) as T);
		},
	};
}

const told = (drops: ReturnType<typeof createDetachedDrops>) =>
	Array.from(drops, ({ network, direction, reason, packets }) => [network, direction, reason.number, packets]);

describe('drops of endpoints that are gone', () => {
	it('are summed up by network, direction and reason', () => {
		const drops = createDetachedDrops(noRecords());
		drops.add('blue', [drop('ingress', 133, 5n), drop('egress', 133, 1n)]);
		drops.add('blue', [drop('ingress', 133, 2n ** 60n)]);
		drops.add('red', [drop('ingress', 132, 7n)]);
		drops.add('green', []);
		expect(told(drops)).toEqual([
			['blue', 'ingress', 133, 2n ** 60n + 5n],
			['blue', 'egress', 133, 1n],
			['red', 'ingress', 132, 7n],
		]);
	});

	it('are found again, to the packet, and go on', () => {
		const records = memoryRecords();
		const first = createDetachedDrops(records);
		first.add('blue', [drop('ingress', 133, 2n ** 60n + 1n)]);
		first.add('red', [drop('egress', 132, 7n)]);
		const second = createDetachedDrops(records);
		expect(told(second)).toEqual(told(first));
		second.add('red', [drop('egress', 132, 1n)]);
		second.add('green', [drop('egress', 132, 1n)]);
		expect(told(createDetachedDrops(records))).toEqual(told(second));
		expect(records.size).toBe(3);
	});

	it('stay known to this process when there is no room to store them', () => {
		const records = memoryRecords(1);
		const drops = createDetachedDrops(records);
		drops.add('blue', [drop('ingress', 133, 1n)]);
		drops.add('red', [drop('ingress', 133, 2n)]);
		drops.add('blue', [drop('ingress', 133, 4n)]);
		expect(told(drops)).toEqual([
			['blue', 'ingress', 133, 5n],
			['red', 'ingress', 133, 2n],
		]);
		expect(told(createDetachedDrops(records))).toEqual([['blue', 'ingress', 133, 5n]]);
	});

	it('of more networks than are remembered are summed up without a name', () => {
		const records = memoryRecords();
		const drops = createDetachedDrops(records);
		for (let i = 0; i < 1200; i++) {
			drops.add(`n${i}`, [drop('ingress', 133, 1n)]);
		}
		expect([...drops]).toHaveLength(1001);
		expect(told(drops).at(-1)).toEqual(['', 'ingress', 133, 200n]);
		expect(told(createDetachedDrops(records)).at(-1)).toEqual(['', 'ingress', 133, 200n]);
	});
});
