import { parseDocuments } from '../../../../lib/documents/parse.js';
import { explain as explainIn } from '../../../../lib/explain/explain.js';
import type { Explanation } from '../../../../lib/explain/explanation.js';
import { policiesOf, type ExplainWorld } from '../../../../lib/explain/world.js';
import { createOrigins } from '../../../../lib/rules/origins.js';
import { worldOf, type PolicyWorld } from '../../../../lib/rules/world.js';

export interface TestWorld {
	readonly world: PolicyWorld;
	readonly policies: ExplainWorld;
	/** `'client', 'web', 80` */
	ask(from: string, to: string, port: number, protocol?: number): Explanation;
}

/** A pod a name: `client`, `other/client`; its label `app` is the name. */
export function podDocuments(...names: readonly string[]): string {
	return names
		.map((full) => {
			const [name = '', namespace = 'default'] = full.split('/').reverse();
			return `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: ${namespace}, labels: { app: ${name} } }\n`;
		})
		.join('---\n');
}

/** `spec` as flow YAML. */
export function policyDocument(name: string, spec: string, kind = 'CiliumNetworkPolicy', metadata = ''): string {
	return `apiVersion: cilium.io/v2\nkind: ${kind}\nmetadata: { name: ${name}${metadata} }\nspec: ${spec}\n`;
}

export function readWorld(...texts: readonly string[]): TestWorld {
	const documents = parseDocuments({ file: 'test.yaml', text: texts.join('---\n') });
	const world = worldOf(documents);
	const origins = createOrigins();
	const policies = {
		policies: policiesOf(documents, { origins, services: world.services, ipBlocks: 'external' }),
		origins,
	};
	const find = (ref: string) => {
		const found = world.find(ref);
		if (found === undefined) {
			throw new Error(`the test's world has no ${ref}`);
		}
		return found;
	};
	return {
		world,
		policies,
		ask: (from, to, port, protocol = 6) => explainIn(policies, { from: find(from), to: find(to), protocol, port }),
	};
}
