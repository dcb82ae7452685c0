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
	/** All, by number: what has to be remembered beyond the process. */
	entries(): [number, RuleOrigin][];
}

export function createOrigins(known: Iterable<readonly [number, RuleOrigin]> = []): Origins {
	const origins = new Map<number, RuleOrigin>(known);
	const cookies = new Map([...origins].map(([cookie, origin]) => [keyOf(origin), cookie]));
	let last = Math.max(0, ...origins.keys());

	function next(): number {
		if (last + 1 >= DIRECT_ROW_COOKIE) {
			throw new HeddleError('ERR_EXHAUSTED', 'rule numbers: found all in use, expected a free one');
		}
		return ++last;
	}

	return {
		cookieOf(origin) {
			const cookie = cookies.get(keyOf(origin)) ?? next();
			cookies.set(keyOf(origin), cookie);
			origins.set(cookie, origin);
			return cookie;
		},
		get: (cookie) => origins.get(cookie),
		entries: () => [...origins],
	};
}

function keyOf({ document, path }: RuleOrigin): string {
	return `${document} ${path}`;
}

/** `policies.yaml:12 CiliumNetworkPolicy default/web spec.ingress[0]` */
export function formatOrigin({ document, path, file, line }: RuleOrigin): string {
	const place = [file, line].filter((part) => part !== undefined).join(':');
	return place === '' ? `${document} ${path}` : `${place} ${document} ${path}`;
}
