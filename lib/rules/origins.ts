import type { L7Rules } from '../documents/l7-rules.js';
import { HeddleError } from '../errors.js';
import { DIRECT_ROW_COOKIE } from '../policy/row.js';

/** The rule of a document that a row came from. */
export interface RuleOrigin {
	/** `CiliumNetworkPolicy default/web` */
	readonly document: string;
	/** `spec.ingress[0]` */
	readonly path: string;
	readonly file?: string;
	/** From 1. */
	readonly line?: number;
	/** What connections that the rule redirects must satisfy. */
	readonly l7?: L7Rules;
	/** `authentication.mode`: kept and shown. */
	readonly authentication?: string;
}

/**
 * Numbers for the rules of documents, as rows carry them. The same rule of the same document keeps its number when the
 * document is given again, so that rows do not change for having been read twice. 0 is no rule.
 */
export interface Origins {
	cookieOf(origin: RuleOrigin): number;
	get(cookie: number): RuleOrigin | undefined;
	/** All of one document: what has to be remembered beyond the process. */
	of(document: string): readonly (readonly [number, RuleOrigin])[];
	/** What puts back what is known of the document's rules now; their numbers stay theirs. */
	hold(document: string): () => void;
	/** Numbers that a former process gave. */
	adopt(known: Iterable<readonly [number, RuleOrigin]>): void;
	/** One number for several rules whose L7 parts count together; of one, its own. */
	unionOf(cookies: readonly number[]): number;
	/** The rules of such a number; of a rule's own, itself. */
	parts(cookie: number): readonly number[];
}

export function createOrigins(): Origins {
	const origins = new Map<number, RuleOrigin>();
	const byDocument = new Map<string, Map<string, number>>();
	const unions = new Map<string, number>();
	const unionParts = new Map<number, readonly number[]>();
	let last = 0;

	function next(): number {
		if (last + 1 >= DIRECT_ROW_COOKIE) {
			throw new HeddleError('ERR_EXHAUSTED', 'rule numbers: found all in use, expected a free one');
		}
		return ++last;
	}

	function pathsOf(document: string): Map<string, number> {
		const known = byDocument.get(document) ?? new Map<string, number>();
		byDocument.set(document, known);
		return known;
	}

	return {
		cookieOf(origin) {
			const paths = pathsOf(origin.document);
			const cookie = paths.get(origin.path) ?? next();
			paths.set(origin.path, cookie);
			origins.set(cookie, origin);
			return cookie;
		},
		get: (cookie) => origins.get(cookie),
		of: (document) =>
			[...pathsOf(document).values()].flatMap((cookie) => {
				const origin = origins.get(cookie);
				return origin === undefined ? [] : [[cookie, origin] as const];
			}),
		hold(document) {
			const held = new Map([...pathsOf(document).values()].map((cookie) => [cookie, origins.get(cookie)]));
			return () => {
				for (const cookie of pathsOf(document).values()) {
					const origin = held.get(cookie);
					if (origin === undefined) {
						origins.delete(cookie);
					} else {
						origins.set(cookie, origin);
					}
				}
			};
		},
		adopt(known) {
			for (const [cookie, origin] of known) {
				pathsOf(origin.document).set(origin.path, cookie);
				origins.set(cookie, origin);
				last = Math.max(last, cookie);
			}
		},
		unionOf(cookies) {
			const parts = [...new Set(cookies)].sort((a, b) => a - b);
			if (parts.length === 1) {
				return parts[0]!;
			}
			const key = parts.join();
			const known = unions.get(key) ?? next();
			unions.set(key, known);
			unionParts.set(known, parts);
			return known;
		},
		parts: (cookie) => unionParts.get(cookie) ?? [cookie],
	};
}

/** `policies.yaml:12 CiliumNetworkPolicy default/web spec.ingress[0]` */
export function formatOrigin({ document, path, file, line }: RuleOrigin): string {
	const place = [file, line].filter((part) => part !== undefined).join(':');
	return place === '' ? `${document} ${path}` : `${place} ${document} ${path}`;
}
