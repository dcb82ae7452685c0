import { nameOf } from '../explain/names.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import type { PolicyWorld } from '../rules/world.js';
import { usageError } from './options.js';

/** Names of people's own where there are, else what the labels tell. */
export function createNamer(world: Pick<PolicyWorld, 'identities' | 'nameOf'>): (identity: number) => string {
	const known = new Map(world.identities.map((identity) => [identity.id, identity]));
	return (id) => {
		const identity = known.get(id);
		return world.nameOf(id) ?? (identity === undefined ? `identity ${id}` : nameOf(identity));
	};
}

/** @throws ERR_USAGE naming some that there are */
export function findIdentity(world: PolicyWorld, option: string, ref: string | undefined): PolicyIdentity {
	const found = ref === undefined ? undefined : world.find(ref);
	if (found !== undefined) {
		return found;
	}
	const names = world.identities.map(({ id }) => world.nameOf(id)).filter((name) => name !== undefined);
	const some = names.length === 0 ? 'there are no pods in the documents' : `such as ${names.slice(0, 5).join(', ')}`;
	const expected = 'a pod (namespace/name, with @network where it has several), an entity, an identity or an address';
	throw usageError(
		`--${option}: found ${ref === undefined ? 'nothing' : JSON.stringify(ref)}, expected ${expected}; ${some}`,
	);
}
