/** The policy engine over the kernel's own maps, without endpoints: what a change costs, compiled and written. */
import { isPolicy, documentName } from '../../lib/documents/document.js';
import { parseDocuments } from '../../lib/documents/parse.js';
import { createPolicyTables } from '../../lib/datapath/policy-tables.js';
import { kernelMaps } from '../../lib/kernel/maps.js';
import { openEpoch } from '../../lib/kernel/epoch.js';
import { type BpfObject, embeddedObject, load } from '../../lib/native/addon.js';
import { createPolicyEngine, type PolicyEngine } from '../../lib/policy/engine/engine.js';
import { createPolicyTable, type PolicyTable } from '../../lib/policy/table.js';
import { createOrigins } from '../../lib/rules/origins.js';
import { rulesOf } from '../../lib/rules/rules-of.js';
import { cidrIdentity, identitiesOf, policyOf, type PolicySize } from './sizes.js';

export interface BenchEngine {
	readonly engine: PolicyEngine;
	readonly table: PolicyTable;
	/** Reads, compiles and writes one document. */
	apply(document: Record<string, unknown>): void;
	/** Compiles and writes what has changed, and raises the epoch. */
	flush(): void;
	close(): void;
}

/** Every identity has a policy set. */
export async function openEngine(size: PolicySize): Promise<BenchEngine> {
	const object: BpfObject = await load(embeddedObject(), {
		programs: [],
		maxEntries: { policy_sets: 16_384, peers: 1 << 20, rules: 1 << 18 },
	});
	const maps = kernelMaps(object.maps);
	const epoch = openEpoch(object.maps['.data.control']!);
	const table = createPolicyTable();
	const tables = createPolicyTables(maps, () => table.size.sets);
	const origins = createOrigins();
	const engine = createPolicyEngine({ table, unionOf: origins.unionOf, maxSets: 16_384 });
	const context = { origins, services: [], ipBlocks: 'external' as const };

	function put(documents: readonly Record<string, unknown>[]): void {
		for (const document of parseDocuments(...documents).filter(isPolicy)) {
			engine.putPolicy(documentName(document), rulesOf(document, context));
		}
	}

	function flush(): void {
		const next = engine.flush();
		if (next !== undefined) {
			tables.write(next.change, () => void next.commit());
		}
		epoch.bump();
	}

	for (const identity of identitiesOf(size)) {
		engine.putIdentity(identity);
		engine.addSubject(identity.id);
	}
	for (let i = 0; i < 200; i++) {
		engine.putIdentity(cidrIdentity(0x0100_0000 + i, `10.${i}.0.0/16`));
	}
	put(Array.from({ length: size.policies }, (_, i) => policyOf(i, size)));
	flush();
	return {
		engine,
		table,
		apply(document) {
			put([document]);
			flush();
		},
		flush,
		close: () => object.close(),
	};
}
