import { documentName } from '../documents/document.js';
import type { PolicyDocument } from '../documents/document.js';
import type { DocumentIssue } from '../documents/issue.js';
import type { FlowRule } from '../flows/flow.js';
import type { VerifyResult } from '../proof/verify-result.js';
import { countChange, snapshot } from '../policy/engine/count-rows.js';
import type { PolicySnapshot } from '../policy/engine/count-rows.js';
import { cidrsOf } from '../rules/cidrs.js';
import type { IpBlocks, RuleContext } from '../rules/context.js';
import type { IdentitySelector } from '../rules/identity-selector.js';
import type { Origins } from '../rules/origins.js';
import type { PolicyRules } from '../rules/rule.js';
import { rulesOf } from '../rules/rules-of.js';
import { asksServices } from '../rules/services.js';
import { unmatched } from '../rules/warnings.js';
import type { AddressTable } from './address-table.js';
import { createCidrClaims } from './cidr-claims.js';
import type { Core } from './core.js';
import { createDocumentRecords } from './document-records.js';
import type { EndpointRegistry } from './endpoint-registry.js';
import { explainPolicies } from './explain-policies.js';
import type { LiveExplanation, PolicyQuestion } from './explain-policies.js';
import type { IdentityRegistry } from './identity-registry.js';
import { createKnownNodes } from './known-nodes.js';
import type { KnownNodes } from './known-nodes.js';
import { createKnownServices } from './known-services.js';
import type { KnownServices } from './known-services.js';
import { createLearnedNames } from './learned-names.js';
import type { LearnedNames } from './learned-names.js';
import { liveAddresses } from './live-addresses.js';
import { readPolicies, refName } from './policy-input.js';
import type { PolicyInput, PolicyRef } from './policy-input.js';
import type { PolicyChange, PolicyPlan } from './policy-map.js';
import type { PolicyStore } from './policy-store.js';
import { fits } from './policy-tables.js';
import type { EntryNeed } from './policy-tables.js';
import { createRuleBook } from './rule-book.js';
import { verifyPolicies } from './verify-policies.js';

export interface DocumentChange extends PolicyChange {
	/** Selectors that match nothing now: legal, and rarely meant. */
	readonly warnings: readonly DocumentIssue[];
}

export interface DocumentPlan extends PolicyPlan {
	/** Address blocks that get an identity of their own: one entry a block and network. */
	readonly cidrs: EntryNeed;
	readonly warnings: readonly DocumentIssue[];
}

/**
 * Policy documents of every kind, kept in step with the identities, names and services there are: an endpoint that comes
 * later is selected too.
 */
export interface Policies extends Iterable<PolicyDocument> {
	readonly size: number;
	/** Addresses of DNS names, for `toFQDNs` and `domainNames`. */
	readonly names: LearnedNames;
	/** Where services' connections go, for `toServices`. */
	readonly services: KnownServices;
	/** Other nodes by address, for `fromNodes`, `toNodes` and the entity `remote-node`. */
	readonly nodes: KnownNodes;
	get(ref: PolicyRef): PolicyDocument | undefined;
	/**
	 * Adds these, or replaces those of the same kind and name; one change, counted in rows of these documents.
	 * @throws PolicyError with every issue of every document, ERR_MAP_FULL; nothing is applied then
	 */
	apply(...inputs: PolicyInput[]): DocumentChange;
	/** What `apply` would do. Changes nothing. @throws PolicyError, ERR_IN_USE within a transaction */
	plan(...inputs: PolicyInput[]): DocumentPlan;
	/** false: there is none of this name. */
	delete(ref: PolicyRef): boolean;
	/**
	 * Holds what is loaded in the kernel's maps against the documents, read by an evaluator that shares nothing with the
	 * compiler: every class of identities, protocol, interval of ports and direction. Audit mode of endpoints is left out.
	 * @param options.limit counterexamples to list; all are counted @default 100
	 * @throws ERR_CLOSED
	 */
	verify(options?: { readonly limit?: number }): VerifyResult;
	/**
	 * What becomes of the first packet of a connection, and why: the rule that decided on either side with file and line,
	 * what would have to be different for others to match, and what the kernel's maps answer.
	 * @throws ERR_NOT_FOUND, ERR_INVALID_ARGUMENT, ERR_INVALID_ADDRESS, ERR_CLOSED
	 */
	explain(question: PolicyQuestion): LiveExplanation;
}

export interface PolicyEngineParts {
	readonly core: Core;
	readonly identities: IdentityRegistry;
	readonly store: PolicyStore;
	readonly addresses: AddressTable;
	readonly origins: Origins;
	readonly ipBlocks: IpBlocks;
	readonly registry: EndpointRegistry;
	networks(): Iterable<number>;
	networkId(name: string): number | undefined;
	/** Told that addresses of a DNS name do not count any more. */
	forgot(name: string): void;
}

export interface PolicyControl extends Policies {
	/** Which rule of which document a cookie names; also of documents that were deleted. */
	rule(cookie: number): FlowRule | undefined;
	/** Tells a network that is new what documents say of addresses. Within a change. */
	spread(network: number): void;
	/** Forgets names whose time is over. */
	expire(now: number): void;
	restore(): void;
}

interface Kept {
	readonly document: PolicyDocument;
	readonly rules: readonly PolicyRules[];
}

export function createPolicies(parts: PolicyEngineParts): PolicyControl {
	const { core, store, origins, ipBlocks } = parts;
	const { changes } = core;
	const kept = new Map<string, Kept>();
	const claims = createCidrClaims({ ...parts, changes });
	const names = createLearnedNames({
		...parts,
		changes,
		claims,
		selectors,
		liveAddresses: () => liveAddresses(core.maps),
	});
	const services = createKnownServices(core, reread);
	const nodes = createKnownNodes({ ...parts, changes });
	const context: RuleContext = { origins, services, ipBlocks };
	const records = createDocumentRecords(core.records, origins);
	const book = createRuleBook(origins);

	function* selectors(): Generator<IdentitySelector> {
		for (const { rules } of kept.values()) {
			for (const { peers } of rules.flatMap((spec) => spec.rules)) {
				yield* peers === 'any' ? [] : peers.filter(({ kind }) => kind === 'fqdn');
			}
		}
	}

	/** Within a change; the names of addresses are settled by `refresh` afterwards. */
	function put(name: string, document: PolicyDocument | undefined): void {
		const former = kept.get(name);
		// The record names the rules' origins: those are put back first.
		changes.undo(() => records.put(name, former?.document));
		changes.undo(origins.hold(name));
		const next = document === undefined ? undefined : read(document);
		assign(name, next);
		changes.undo(() => assign(name, former));
		prefixesOf(next).forEach(claims.claim);
		prefixesOf(former).forEach(claims.release);
		store.putPolicy(name, next?.rules ?? []);
		records.put(name, document);
	}

	function assign(name: string, next: Kept | undefined): void {
		book.replace(kept.get(name)?.rules ?? [], next?.rules ?? []);
		if (next === undefined) {
			kept.delete(name);
		} else {
			kept.set(name, next);
		}
	}

	function read(document: PolicyDocument): Kept {
		return { document, rules: rulesOf(document, context) };
	}

	/** Services are another: those who name them say something else now. */
	function reread(): void {
		for (const [name, { document }] of kept) {
			if (asksServices(document)) {
				put(name, document);
			}
		}
	}

	function snapshots(documents: ReadonlyMap<string, PolicyDocument>): PolicySnapshot[][] {
		return [...documents.keys()].map((name) => snapshot(store.policiesOf(name), (id) => store.subjects.has(id)));
	}

	/** Within a change. */
	function putAll(documents: ReadonlyMap<string, PolicyDocument>): DocumentChange {
		const before = snapshots(documents);
		for (const [name, document] of documents) {
			put(name, document);
		}
		names.refresh();
		const counts = snapshots(documents).map((after, i) => countChange(before[i]!, after));
		const sum = (field: keyof PolicyChange) => counts.reduce((total, count) => total + count[field], 0);
		return {
			added: sum('added'),
			removed: sum('removed'),
			unchanged: sum('unchanged'),
			warnings: warningsOf(documents),
		};
	}

	function warningsOf(documents: ReadonlyMap<string, PolicyDocument>): DocumentIssue[] {
		const selects = (selector: IdentitySelector) => {
			const selection = store.index.use(selector);
			store.index.release(selection);
			return selection.members.size > 0;
		};
		return [...documents].flatMap(([name, document]) => unmatched(document, kept.get(name)!.rules, origins, selects));
	}

	function cidrNeed(before: number): EntryNeed {
		const { maxEntries } = core.maps.cidrs;
		const needed = Math.max(0, claims.size - before) * [...parts.networks()].length;
		return { needed, free: maxEntries - core.maps.cidrs.count(), maxEntries };
	}

	return {
		names,
		services,
		nodes,
		get size() {
			return kept.size;
		},
		get: (ref) => kept.get(refName(ref))?.document,
		apply(...inputs) {
			core.assertOpen();
			const { documents, warnings } = readPolicies(inputs);
			return changes.run(() => {
				const change = putAll(documents);
				return { ...change, warnings: [...warnings, ...change.warnings] };
			});
		},
		plan(...inputs) {
			core.assertOpen();
			const { documents, warnings } = readPolicies(inputs);
			const before = claims.size;
			return changes.preview(() => {
				const change = putAll(documents);
				const need = { ...store.need(), cidrs: cidrNeed(before) };
				const isEnough = fits(need) && need.cidrs.needed <= need.cidrs.free;
				return { ...change, ...need, fits: isEnough, warnings: [...warnings, ...change.warnings] };
			});
		},
		delete(ref) {
			const name = refName(ref);
			return changes.run(() => {
				const found = kept.has(name);
				if (found) {
					put(name, undefined);
					names.refresh();
				}
				return found;
			});
		},
		verify({ limit } = {}) {
			core.assertOpen();
			const documents = Array.from(kept.values(), ({ document }) => document);
			return verifyPolicies(parts, documents, [...services], limit);
		},
		explain(question) {
			core.assertOpen();
			const policies = Array.from(kept, ([document, { rules }]) => ({ document, rules }));
			return explainPolicies(parts, policies, question);
		},
		rule: book.flowRule,
		spread(network) {
			claims.spread(network);
			names.spread(network);
			nodes.spread(network);
		},
		expire: names.expire,
		restore() {
			services.restore();
			for (const document of records.restore()) {
				const next = read(document);
				const name = documentName(document);
				assign(name, next);
				prefixesOf(next).forEach(claims.claim);
				store.putPolicy(name, next.rules);
			}
			names.restore();
			nodes.restore();
		},
		*[Symbol.iterator]() {
			for (const { document } of kept.values()) {
				yield document;
			}
		},
	};
}

/** Those of a whole family need none of their own: what no other has is the world's. */
function prefixesOf(policy: Kept | undefined) {
	return cidrsOf(policy?.rules ?? []).filter(({ length }) => length > 0);
}
