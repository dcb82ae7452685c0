import { createLabelSet } from '../labels/label-set.js';
import type { NamedPort, PolicyIdentity } from '../rules/policy-identity.js';
import { prefixOf } from '../rules/identity-selector.js';
import type { PolicyWorld } from '../rules/world.js';

const FIRST_ENDPOINT = 256;
const FIRST_CIDR = 0x0100_0000;

/** Who there is in either of two versions: equal labels, equal identity, whatever number each version gave it. */
export interface MergedWorld {
	readonly identities: readonly PolicyIdentity[];
	nameOf(id: number): string | undefined;
}

export function mergeWorlds(...worlds: readonly PolicyWorld[]): MergedWorld {
	const found = new Map<string, { identities: PolicyIdentity[]; name: string | undefined }>();
	for (const world of worlds) {
		for (const identity of world.identities) {
			const name = world.nameOf(identity.id);
			const known = found.get(identity.labels.key) ?? { identities: [], name };
			known.identities.push(identity);
			found.set(identity.labels.key, known);
		}
	}
	const names = new Map<number, string>();
	let endpoints = FIRST_ENDPOINT;
	let blocks = FIRST_CIDR;
	const merged = [...found.entries()]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([, { identities, name }]) => {
			const [{ id: former, labels } = { id: 0, labels: createLabelSet([]) }] = identities;
			const own = prefixOf(labels) === undefined ? () => endpoints++ : () => blocks++;
			const id = former < FIRST_ENDPOINT ? former : own();
			if (name !== undefined) {
				names.set(id, name);
			}
			return { id, labels, namedPorts: mergePorts(identities) };
		});
	return { identities: merged.sort((a, b) => a.id - b.id), nameOf: (id) => names.get(id) };
}

function mergePorts(identities: readonly PolicyIdentity[]): NamedPort[] {
	const ports = identities.flatMap(({ namedPorts = [] }) => namedPorts);
	return [...new Map(ports.map((port) => [Object.values(port).join(), port])).values()];
}
