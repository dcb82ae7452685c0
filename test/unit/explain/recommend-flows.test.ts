/** Recommended policies, asked of the evaluator. HEDDLE_SEED repeats a run. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocuments } from '../../../lib/documents/parse.js';
import { recommend } from '../../../lib/explain/recommend.js';
import { createLabelSet } from '../../../lib/labels/label-set.js';
import { createEvaluator } from '../../../lib/proof/evaluator.js';
import { endOfPod, endOfWorld, flow, icmp, tcp, udp, type SimplePod } from './support/flows.js';
import { runs } from '../proof/support/runs.js';

/** Labels that lie within each other, in two namespaces and on two networks. */
const LABELS: readonly Readonly<Record<string, string>>[] = [
	{},
	{ app: 'a' },
	{ app: 'a', tier: 'x' },
	{ app: 'b' },
	{ app: 'a', tier: 'x', track: 'y' },
	{ tier: 'x' },
];
const PODS: readonly SimplePod[] = ['default', 'far'].flatMap((namespace) =>
	LABELS.map((labels) => ({ namespace, labels })),
);
const ALL = [...PODS, { labels: { app: 'a' }, network: 'blue' }, { labels: { app: 'b' }, network: 'blue' }];
const ADDRESSES = ['1.1.1.1', '1.1.1.2', 'fd00::1'];
const ENTITIES = ['host', 'remote-node', 'health'];

interface End {
	readonly labels: readonly string[];
	readonly address?: string;
}

const ENDS: readonly End[] = [
	...ALL.map(endOfPod),
	...ENTITIES.map((name) => ({ labels: [`reserved:${name}`] })),
	...ADDRESSES.map((address) => ({ ...endOfWorld(address), address })),
];
const PACKETS = [
	{ l4: tcp(80), protocol: 6, port: 80 },
	{ l4: tcp(443), protocol: 6, port: 443 },
	{ l4: udp(80), protocol: 17, port: 80 },
	{ l4: icmp(8), protocol: 1, port: 8 << 8 },
	{ l4: icmp(128, 'ICMPv6'), protocol: 58, port: 128 << 8 },
];

const index = (length: number) => fc.nat(length - 1);
const seen = fc.uniqueArray(fc.tuple(index(ENDS.length), index(ENDS.length), index(PACKETS.length)), {
	minLength: 1,
	maxLength: 30,
	selector: (triple) => triple.join(),
});

function identityOf({ labels, address }: End, id: number) {
	const block = address === undefined ? [] : [`cidr:${address}/${address.includes(':') ? 128 : 32}`];
	return { id, labels: createLabelSet([...labels, ...block]) };
}

/** A flow with anything in the place of its parts. */
const odd = fc.oneof(
	fc.anything(),
	fc
		.tuple(fc.constantFrom(...ENDS), fc.constantFrom(...ENDS), fc.constantFrom(...PACKETS), fc.anything())
		.chain(([source, destination, { l4 }, other]) =>
			fc.constantFrom<object>(
				flow(source, destination, l4, { ip: other }),
				flow(source, { labels: other }, l4),
				flow(source, { labels: [other] }, l4),
				flow(source, destination, { protocol: other }),
				flow(source, destination, { ...l4, destinationPort: other, icmp: other }),
				flow(source, destination, l4, { isReply: other, verdict: other }),
			),
		),
);

describe('recommended policies', () => {
	it('come of any flows, and of whatever else is given, without a throw, and allow what counts', () => {
		const property = fc.property(fc.array(odd, { maxLength: 10 }), (flows) => {
			const { coverage, ignored, documents } = recommend(flows as object[], { replies: true, drops: true });
			expect(coverage.flows + ignored.length).toBe(flows.length);
			expect(coverage.missing.every(({ protocol }) => ![6, 17, 132, 1, 58].includes(protocol))).toBe(true);
			expect(() => parseDocuments(...documents)).not.toThrow();
		});
		fc.assert(property, runs(300));
	});

	it('allow what was seen between workloads, and nothing else', () => {
		const isPod = (i: number) => i < ALL.length;
		const property = fc.property(seen, (triples) => {
			const flows = triples.map(([from, to, packet]) => {
				const [source, destination] = [ENDS[from]!, ENDS[to]!];
				const ip = { source: source.address, destination: destination.address };
				return flow(source, destination, PACKETS[packet]!.l4, { ip });
			});
			const { documents, coverage } = recommend(flows);
			const counted = triples.filter(([from, to]) => isPod(from) || isPod(to)).length;
			expect(coverage).toEqual({ flows: counted, covered: counted, missing: [] });
			const evaluator = createEvaluator({
				documents: parseDocuments(...documents),
				services: [],
				ipBlocks: 'external',
			});
			const wanted = new Set(triples.map((triple) => triple.join()));
			const known = new Set(triples.flatMap(([from, to]) => (isPod(from) || isPod(to) ? [from, to] : [])));
			const identities = ENDS.map((end, i) => identityOf(end, 256 + i));
			for (const from of known) {
				for (const to of known) {
					PACKETS.forEach(({ protocol, port }, packet) => {
						const [source, destination] = [identities[from]!, identities[to]!];
						const asked = (direction: 'ingress' | 'egress') =>
							evaluator.judge({
								subject: direction === 'egress' ? source : destination,
								peer: direction === 'egress' ? destination : source,
								direction,
								protocol,
								port,
							}).verdict;
						const told = [from, to, packet].join();
						const verdicts = [isPod(from) ? asked('egress') : '-', isPod(to) ? asked('ingress') : '-'];
						const expected = wanted.has(told) ? 'allow' : 'deny';
						expect([told, ...verdicts]).toEqual([told, isPod(from) ? expected : '-', isPod(to) ? expected : '-']);
					});
				}
			}
		});
		fc.assert(property, runs(40));
	}, 120_000);
});
