import type { PolicyDocument } from '../documents/document.js';
import { readImage } from '../policy/read-image.js';
import { tablesOf } from '../policy/lookup.js';
import { DIRECT_ROW_COOKIE } from '../policy/row.js';
import { peerEntriesOf } from '../proof/table-spreads.js';
import type { VerifySubject } from '../proof/subject-classes.js';
import type { VerifyResult } from '../proof/verify-result.js';
import { verifyTables } from '../proof/verify.js';
import type { IpBlocks, PolicyService } from '../rules/context.js';
import type { Origins } from '../rules/origins.js';
import type { Core } from './core.js';
import type { PolicyStore } from './policy-store.js';

export interface VerifyParts {
	readonly core: Core;
	readonly store: PolicyStore;
	readonly origins: Origins;
	readonly ipBlocks: IpBlocks;
}

const ENFORCEMENTS = ['default', 'always', 'never'] as const;

/** Reads the kernel's maps anew and asks them everything that they or the documents could tell apart. */
export function verifyPolicies(
	{ core, store, origins, ipBlocks }: VerifyParts,
	documents: readonly PolicyDocument[],
	services: readonly PolicyService[],
	limit?: number,
): VerifyResult {
	const { policySets, peers, rules } = core.maps;
	const image = readImage({ sets: policySets, peers, rules });
	return verifyTables({
		documents,
		services,
		ipBlocks,
		direct: (identity) => [...(store.subjects.get(identity)?.direct.byKey.values() ?? [])],
		subjects: subjectsOf(core, store),
		identities: store.index.identities.values(),
		tables: tablesOf(image),
		peers: peerEntriesOf(image),
		rulesOf: (cookie) =>
			origins.parts(cookie).map((part) => {
				const unknown = { document: part >= DIRECT_ROW_COOKIE ? 'direct' : 'nothing', path: String(part) };
				const { document, path } = origins.get(part) ?? unknown;
				return { document, path };
			}),
		...(limit === undefined ? {} : { limit }),
	});
}

/** Endpoints, with the set that their packets meet in the kernel; and identities that have a set and no endpoint. */
function* subjectsOf({ maps }: Core, store: PolicyStore): Generator<VerifySubject> {
	const seen = new Set<number>();
	for (const [, { ifindex, identity: id, policySet: set, enforcement }] of maps.endpoints) {
		const identity = store.index.identities.get(id);
		if (ifindex !== 0 && identity !== undefined) {
			seen.add(id);
			yield { identity, set, enforcement: ENFORCEMENTS[enforcement] ?? 'default' };
		}
	}
	for (const [id, { set }] of store.subjects) {
		if (!seen.has(id)) {
			yield { identity: store.index.identities.get(id)!, set: set?.id ?? 0 };
		}
	}
}
