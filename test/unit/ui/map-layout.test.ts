import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LABEL_HEIGHT, LABEL_WIDTH, layOut, NODE_HEIGHT } from '../../../lib/ui/page/map-layout.js';
import type { NetworkDrawing } from '../../../lib/ui/page/map-layout.js';
import type { EdgeVerdict, WireEdge, WireMap } from '../../../lib/ui/wire.js';

type Talk = readonly [network: string, from: string, to: string, verdict?: EdgeVerdict];

function mapOf(...talks: Talk[]): WireMap {
	const keys = talks.flatMap(([network, from, to]) => [`${network}/${from}`, `${network}/${to}`]);
	const nodes = [...new Set(keys)].map((key) => ({ key, name: key.split('/')[1]!, network: key.split('/')[0]! }));
	const edges = talks.map(([network, from, to, verdict = 'allowed']): WireEdge => ({
		network,
		from: `${network}/${from}`,
		to: `${network}/${to}`,
		verdict,
		count: 1,
		perSecond: 0.1,
		last: {} as never,
	}));
	return { nodes, edges, forgotten: 0 };
}

const talk = fc.tuple(
	fc.constantFrom('blue', 'red'),
	fc.constantFrom('a', 'b', 'c', 'd'),
	fc.constantFrom('a', 'b', 'c', 'd'),
	fc.constantFrom<EdgeVerdict>('allowed', 'denied', 'audited'),
);
const talks = fc.uniqueArray(talk, { minLength: 1, maxLength: 20, selector: (one) => one.join() });

const overlap = (drawing: NetworkDrawing) =>
	drawing.nodes.some((one, i) =>
		drawing.nodes
			.slice(i + 1)
			.some((other) => Math.abs(one.x - other.x) < drawing.nodeWidth && Math.abs(one.y - other.y) < NODE_HEIGHT),
	);

describe('the service map', () => {
	it('has a drawing for each network, who is spoken to at the right', () => {
		const drawings = layOut(mapOf(['red', 'client', 'web'], ['blue', 'client', 'web'], ['blue', 'web', 'db']), 800);
		expect(drawings.map(({ network }) => network)).toEqual(['blue', 'red']);
		const { x } = drawings[0]!.nodes.find(({ name }) => name === 'client')!;
		expect(drawings[0]!.nodes.filter((node) => node.x > x).map(({ name }) => name)).toEqual(['web', 'db']);
	});

	it('writes no rate over another, however many edges there are', () => {
		fc.assert(
			fc.property(talks, fc.integer({ min: 320, max: 2000 }), (list, width) => {
				for (const { edges, height } of layOut(mapOf(...list), width)) {
					for (const [i, one] of edges.entries()) {
						expect(one.labelY).toBeLessThanOrEqual(height);
						for (const other of edges.slice(i + 1)) {
							const apart =
								Math.abs(one.labelX - other.labelX) >= LABEL_WIDTH ||
								Math.abs(one.labelY - other.labelY) >= LABEL_HEIGHT;
							expect(apart).toBe(true);
						}
					}
				}
			}),
		);
	});

	it('draws everything once, within its frame, nothing over another, whatever the width', () => {
		fc.assert(
			fc.property(talks, fc.integer({ min: 320, max: 2000 }), (list, width) => {
				const map = mapOf(...list);
				const drawings = layOut(map, width);
				expect(drawings.flatMap(({ nodes }) => nodes)).toHaveLength(map.nodes.length);
				expect(drawings.flatMap(({ edges }) => edges)).toHaveLength(map.edges.length);
				for (const drawing of drawings) {
					expect(overlap(drawing)).toBe(false);
					expect(drawing.width).toBeLessThanOrEqual(Math.max(width, 338));
					for (const node of drawing.nodes) {
						expect(node.x + drawing.nodeWidth).toBeLessThanOrEqual(drawing.width);
						expect(node.y + NODE_HEIGHT).toBeLessThanOrEqual(drawing.height);
					}
					const paths = drawing.edges.map(({ path }) => path);
					expect(new Set(paths).size).toBe(paths.length);
				}
			}),
		);
	});

	it('is the same for the same map', () => {
		const map = mapOf(['blue', 'a', 'b'], ['blue', 'a', 'b', 'denied'], ['blue', 'b', 'a', 'audited']);
		expect(layOut(map, 600)).toEqual(layOut(structuredClone(map), 600));
	});
});
