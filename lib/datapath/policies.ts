import * as abi from '../abi/generated.js';
import { documentName } from '../documents/document.js';
import type { CiliumNetworkPolicy, HeddleDocument } from '../documents/document.js';
import { createReport, throwIssues } from '../documents/issue.js';
import type { DocumentIssue } from '../documents/issue.js';
import { parseDocuments } from '../documents/parse.js';
import type { DocumentInput } from '../documents/parse.js';
import type { FlowRule } from '../flows/flow.js';
import { compileDocuments } from '../policy/document-rows.js';
import type { DocumentRows as CompiledDocuments } from '../policy/document-rows.js';
import { createOrigins } from '../rules/origins.js';
import type { Origins } from '../rules/origins.js';
import { FIRST_PORT, LAST_PORT } from '../policy/row.js';
import type { RuleRow } from '../policy/row.js';
import type { Core } from './core.js';
import type { IdentityRegistry } from './identity-registry.js';
import { labelSetOf } from './labels.js';
import { readPolicyRecord, writePolicyRecord } from './policy-records.js';
import type { PolicyChange, PolicyPlan } from './policy-map.js';
import type { DocumentRows, DocumentSource, PolicyStore } from './policy-store.js';

/** YAML text, a file's text with its name, an object, or what `parseDocuments` gave. */
export type PolicyInput = DocumentInput | CiliumNetworkPolicy;

/** `namespace/name`, or `name` in namespace `default`. */
export type PolicyRef = string | { readonly namespace?: string; readonly name: string };

export interface DocumentChange extends PolicyChange {
	/** Selectors that match nothing now: legal, and rarely meant. */
	readonly warnings: readonly DocumentIssue[];
}

export interface DocumentPlan extends PolicyPlan {
	readonly warnings: readonly DocumentIssue[];
}

/** CiliumNetworkPolicy documents, kept in step with the identities there are: an endpoint that comes later is selected too. */
export interface Policies extends Iterable<CiliumNetworkPolicy> {
	readonly size: number;
	get(ref: PolicyRef): CiliumNetworkPolicy | undefined;
	/**
	 * Adds these, or replaces those of the same name; one change, counted in rows.
	 * @throws PolicyError with every issue of every document, ERR_MAP_FULL; nothing is applied then
	 */
	apply(...inputs: PolicyInput[]): DocumentChange;
	/** What `apply` would do. Changes nothing. */
	plan(...inputs: PolicyInput[]): DocumentPlan;
	/** false: there is none of this name. */
	delete(ref: PolicyRef): boolean;
}

export interface PolicyEngine extends Policies {
	/** Which rule of which document a cookie names; also of documents that were deleted. */
	rule(cookie: number): FlowRule | undefined;
	restore(): void;
}

interface Kept {
	readonly document: CiliumNetworkPolicy;
	/** Number of its record. */
	readonly record: number;
}

export interface PolicyEngineParts {
	readonly core: Core;
	readonly identities: IdentityRegistry;
	readonly store: PolicyStore;
}

const NOTHING: DocumentRows = { rows: [], ingressDefaultDeny: false, egressDefaultDeny: false };

export function createPolicies({ core, identities, store }: PolicyEngineParts): PolicyEngine {
	const { changes } = core;
	const documents = new Map<string, Kept>();
	let origins = createOrigins();
	let compiled: CompiledDocuments | undefined;

	store.setSource((identity) => sourceOf(current())(identity));
	identities.onChange(invalidate);

	function invalidate(): void {
		compiled = undefined;
		store.refresh();
	}

	function current(): CompiledDocuments {
		compiled ??= compileWith(documents.values(), origins);
		return compiled;
	}

	function compileWith(kept: Iterable<Kept>, known: Origins): CompiledDocuments {
		const labelled = Array.from(identities, ({ id, labels }) => ({ id, labels: labelSetOf(labels) }));
		return compileDocuments(
			Array.from(kept, ({ document }) => document),
			labelled,
			known,
		);
	}

	function put(name: string, kept: Kept | undefined): void {
		const former = documents.get(name);
		assign(name, kept);
		changes.undo(() => assign(name, former));
	}

	function assign(name: string, kept: Kept | undefined): void {
		if (kept === undefined) {
			documents.delete(name);
		} else {
			documents.set(name, kept);
		}
		invalidate();
	}

	function freeRecord(taken: ReadonlySet<number>): number {
		const used = new Set([...Array.from(documents.values(), ({ record }) => record), ...taken]);
		let record = 0;
		while (used.has(record)) {
			record++;
		}
		return record;
	}

	function number(inputs: readonly CiliumNetworkPolicy[]): Map<string, Kept> {
		const taken = new Set<number>();
		return new Map(
			inputs.map((document) => {
				const name = documentName(document);
				const record = documents.get(name)?.record ?? freeRecord(taken);
				taken.add(record);
				return [name, { document, record }];
			}),
		);
	}

	function rowsNow(): Map<number, DocumentRows> {
		return new Map(Array.from(store.subjects.values(), ({ identity, documents: rows }) => [identity.id, rows]));
	}

	function rowsBy(source: DocumentSource): Map<number, DocumentRows> {
		return new Map(Array.from(store.subjects.values(), ({ identity }) => [identity.id, source(identity)]));
	}

	function forget(name: string, kept: Kept): void {
		put(name, undefined);
		writeRecord(kept.record, undefined);
		changes.undo(() => writeRecord(kept.record, kept));
	}

	function remember(kept: Kept): void {
		const former = core.records.get(abi.RecordKind.Policy, FIRST_DOCUMENT + kept.record);
		changes.undo(() => replaceRecord(kept.record, former));
		writeRecord(kept.record, kept);
	}

	function writeRecord(record: number, kept: Kept | undefined): void {
		replaceRecord(record, kept === undefined ? undefined : writePolicyRecord(kept.document, origins));
	}

	function replaceRecord(record: number, value: unknown): void {
		if (value === undefined) {
			core.records.delete(abi.RecordKind.Policy, FIRST_DOCUMENT + record);
		} else {
			core.records.put(abi.RecordKind.Policy, FIRST_DOCUMENT + record, value);
		}
	}

	return {
		get size() {
			return documents.size;
		},
		get: (ref) => documents.get(nameOf(ref))?.document,
		apply(...inputs) {
			core.assertOpen();
			const wanted = number(readPolicies(inputs));
			return changes.run(() => {
				const before = rowsNow();
				for (const [name, kept] of wanted) {
					put(name, kept);
				}
				const { warnings } = current();
				wanted.forEach(remember);
				return { ...compareRows(before, rowsBy(sourceOf(current()))), warnings };
			});
		},
		plan(...inputs) {
			core.assertOpen();
			const wanted = number(readPolicies(inputs));
			const next = compileWith([...new Map([...documents, ...wanted]).values()], createOrigins(origins.entries()));
			const source = sourceOf(next);
			const after = rowsBy(source);
			const need = store.needFrom(source);
			const fits = need.peers.needed <= need.peers.free && need.rules.needed <= need.rules.free;
			return { ...compareRows(rowsNow(), after), ...need, fits, warnings: next.warnings };
		},
		delete(ref) {
			const name = nameOf(ref);
			return changes.run(() => {
				const kept = documents.get(name);
				if (kept !== undefined) {
					forget(name, kept);
				}
				return kept !== undefined;
			});
		},
		rule(cookie) {
			const origin = origins.get(cookie);
			if (origin === undefined) {
				return undefined;
			}
			const { document, path, line, file } = origin;
			const place = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
			return { cookie, policy: document, rule: path, ...place, match: matchOf(findRow(current(), cookie)) };
		},
		restore() {
			const records = core.records
				.all<unknown>(abi.RecordKind.Policy)
				.filter(({ id }) => id >= FIRST_DOCUMENT)
				.map(({ id, value }) => ({ record: id - FIRST_DOCUMENT, ...readPolicyRecord(value) }));
			origins = createOrigins(records.flatMap(({ origins: known }) => known));
			for (const { record, document } of records) {
				documents.set(documentName(document), { document, record });
			}
			invalidate();
		},
		*[Symbol.iterator]() {
			for (const { document } of documents.values()) {
				yield document;
			}
		},
	};
}

/* Below are the rows by hand: see row-memory.ts. */
const FIRST_DOCUMENT = 0x8000_0000;

function sourceOf(compiled: CompiledDocuments): DocumentSource {
	return ({ id }) => compiled.subjects.get(id) ?? NOTHING;
}

function nameOf(ref: PolicyRef): string {
	const [first = '', second] = typeof ref === 'string' ? ref.split('/') : [ref.namespace ?? 'default', ref.name];
	const [namespace, name] = second === undefined ? ['default', first] : [first, second];
	return documentName({ kind: 'CiliumNetworkPolicy', metadata: { namespace, name } });
}

function readPolicies(inputs: readonly PolicyInput[]): CiliumNetworkPolicy[] {
	const documents = inputs.flatMap((input): readonly HeddleDocument[] =>
		isRead(input) ? [input] : parseDocuments(input),
	);
	const issues: DocumentIssue[] = [];
	const seen = new Set<string>();
	const policies = documents.filter((document): document is CiliumNetworkPolicy => {
		const report = createReport(documentName(document), document.source);
		if (document.kind !== 'CiliumNetworkPolicy') {
			report.wrong(['kind'], document.kind, 'CiliumNetworkPolicy');
		} else if (seen.has(documentName(document))) {
			report.refuse(['metadata', 'name'], 'given twice, expected once');
		}
		seen.add(documentName(document));
		issues.push(...report.issues);
		return document.kind === 'CiliumNetworkPolicy';
	});
	throwIssues(issues);
	return policies;
}

function isRead(input: PolicyInput): input is CiliumNetworkPolicy {
	const source =
		typeof input === 'object' && 'source' in input ? (input['source'] as { locate?: unknown } | null) : null;
	return typeof source?.locate === 'function';
}

function compareRows(
	before: ReadonlyMap<number, DocumentRows>,
	after: ReadonlyMap<number, DocumentRows>,
): PolicyChange {
	let [added, unchanged, total] = [0, 0, 0];
	for (const [id, { rows }] of before) {
		total += rows.length;
		const next = after.get(id)?.rows ?? [];
		const known = new Set(rows === next ? [] : rows.map(rowText));
		const kept = rows === next ? next.length : next.filter((row) => known.has(rowText(row))).length;
		unchanged += kept;
		added += next.length - kept;
	}
	return { added, removed: total - unchanged, unchanged };
}

function rowText(row: RuleRow): string {
	return Object.values(row).join(' ');
}

function findRow(compiled: CompiledDocuments, cookie: number): RuleRow | undefined {
	for (const { rows } of compiled.subjects.values()) {
		const row = rows.find((one) => one.cookie === cookie);
		if (row !== undefined) {
			return row;
		}
	}
	return undefined;
}

function matchOf(row: RuleRow | undefined): FlowRule['match'] {
	if (row === undefined) {
		return 'none';
	}
	const everyPort = row.protocol === 'any' && row.port === FIRST_PORT && row.endPort === LAST_PORT;
	if (row.peer === 'any') {
		return everyPort ? 'all' : 'L4-Only';
	}
	return everyPort ? 'L3-Only' : 'L3-L4';
}
