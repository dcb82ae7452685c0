import { documentName, isPolicy, type HeddleDocument, type PolicyDocument } from '../documents/document.js';
import type { DocumentIssue } from '../documents/issue.js';
import type { RuleContext } from '../rules/context.js';
import type { IdentitySelector } from '../rules/identity-selector.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import { rulesOf } from '../rules/rules-of.js';
import { unmatched } from '../rules/warnings.js';
import { createPolicyEngine, type PolicyEngine } from './engine/engine.js';
import { DIRECTIONS, type TableImage } from './image.js';
import type { DefaultVerdict, Direction, RuleRow, SetSpec } from './row.js';
import { createPolicyTable } from './table.js';

/** All that documents say about one subject identity. */
export interface SubjectPolicy extends Omit<SetSpec, 'id'> {
	readonly identity: number;
	/** Number of its set in the image; equal for subjects that share one. */
	readonly set: number;
	readonly defaults: Readonly<Record<Direction, DefaultVerdict>>;
	/** One a peer and port. Made when asked for: a set of thousands of peers has many. */
	readonly rows: readonly RuleRow[];
}

export interface CompiledDocuments {
	/** By identity; those that no policy selects are not there. */
	readonly subjects: ReadonlyMap<number, SubjectPolicy>;
	/** What the kernel's tables would hold. */
	readonly image: TableImage;
	/** Selectors that match nothing: legal, and rarely meant. */
	readonly warnings: readonly DocumentIssue[];
}

/** What policies mean for these identities, all of them subjects. Documents of other kinds say nothing here. Pure. */
export function compileDocuments(
	documents: Iterable<HeddleDocument>,
	identities: Iterable<PolicyIdentity>,
	context: RuleContext,
): CompiledDocuments {
	const table = createPolicyTable();
	const engine = createPolicyEngine({ table, unionOf: context.origins.unionOf });
	for (const identity of identities) {
		engine.putIdentity(identity);
	}
	const policies = [...documents].filter(isPolicy);
	const warnings = policies.flatMap((document) => putDocument(engine, document, context));
	const selected = subjectsOf(engine, policies);
	selected.forEach((identity) => engine.addSubject(identity));
	engine.flush()?.commit();
	const subjects = selected.map((identity) => [identity, describe(engine, identity)] as const);
	return { subjects: new Map(subjects), image: table.image(), warnings };
}

function putDocument(engine: PolicyEngine, document: PolicyDocument, context: RuleContext): readonly DocumentIssue[] {
	const rules = rulesOf(document, context);
	engine.putPolicy(documentName(document), rules);
	const selects = (selector: IdentitySelector) => {
		const selection = engine.index.use(selector);
		engine.index.release(selection);
		return selection.members.size > 0;
	};
	return unmatched(document, rules, context.origins, selects);
}

function subjectsOf(engine: PolicyEngine, policies: readonly PolicyDocument[]): number[] {
	const all = policies.flatMap((document) => engine.policiesOf(documentName(document)));
	return [...new Set(all.flatMap(({ subjects }) => [...subjects.members]))].sort((a, b) => a - b);
}

function describe(engine: PolicyEngine, identity: number): SubjectPolicy {
	let rows: readonly RuleRow[] | undefined;
	const [ingress, egress] = DIRECTIONS.map((direction) => engine.defaultOf(identity, direction));
	return {
		identity,
		set: engine.subjects.get(identity)!.set!.id,
		defaults: { ingress: ingress!, egress: egress! },
		get rows() {
			rows ??= [...engine.rowsOf(identity)];
			return rows;
		},
	};
}
