import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Alias, Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { tooDeep, tooMany, type DocumentLimits } from './limits.js';

/** What cannot be read as plain values, and where it is in the text. */
export class YamlProblem extends Error {
	readonly offset: number;

	constructor(message: string, node: unknown) {
		super(message);
		this.offset = (node as Node | undefined | null)?.range?.[0] ?? 0;
	}
}

const MERGE = '<<';

/**
 * Makes plain values of a YAML document. By hand: so their count is bounded while they are made, aliases are found
 * without a search, and keys given twice without a comparison of each with each.
 */
export class YamlReader {
	/** What aliases stand for. */
	readonly targets = new Map<unknown, Node>();
	readonly problems: YamlProblem[] = [];
	readonly #limits: Required<DocumentLimits>;
	readonly #anchors = new Map<string, Node>();
	readonly #open = new Set<unknown>();
	#left: number;

	constructor(limits: Required<DocumentLimits>, left: number) {
		this.#limits = limits;
		this.#left = left;
	}

	/** Values that may still be made. */
	get left(): number {
		return this.#left;
	}

	/** @throws YamlProblem where it is too big, or holds itself */
	read(document: Document.Parsed): unknown {
		return this.#value(document.contents, this.#limits.depth);
	}

	#value(node: unknown, depth: number): unknown {
		if (this.#left-- <= 0) {
			throw new YamlProblem(tooMany(this.#limits.values), node);
		}
		if (isAlias(node)) {
			return this.#value(this.#follow(node), depth);
		}
		this.#remember(node);
		if (isScalar(node)) {
			return scalarOf(node);
		}
		if (!isMap(node) && !isSeq(node)) {
			return null;
		}
		if (depth < 0) {
			throw new YamlProblem(tooDeep(this.#limits.depth), node);
		}
		this.#open.add(node);
		const value = isSeq(node) ? this.#list(node, depth - 1) : this.#mapping(node, depth - 1);
		this.#open.delete(node);
		return value;
	}

	#list({ items }: YAMLSeq, depth: number): unknown[] {
		return items.map((item) => this.#value(item, depth));
	}

	#mapping({ items }: YAMLMap, depth: number): Record<string, unknown> {
		// Documents name the keys: `__proto__` must be one like any other.
		const mapping = Object.create(null) as Record<string, unknown>;
		const merged: unknown[] = [];
		for (const pair of items as Pair[]) {
			this.#remember(pair.key);
			const key = keyOf(pair.key);
			if (key === undefined) {
				this.problems.push(new YamlProblem('found a key that is no text, expected text', pair.key));
			} else if (key === MERGE && isPlainKey(pair.key)) {
				merged.push(...this.#merged(pair.value, depth));
			} else if (Object.hasOwn(mapping, key)) {
				this.problems.push(
					new YamlProblem(`found the key ${JSON.stringify(key.slice(0, 80))} twice, expected once`, pair.key),
				);
			} else {
				mapping[key] = this.#value(pair.value, depth);
			}
		}
		for (const [key, value] of merged.flatMap((found) => Object.entries(found as object))) {
			if (!Object.hasOwn(mapping, key)) {
				mapping[key] = value;
			}
		}
		return mapping;
	}

	/** The mappings that `<<` takes in, the first before the next. */
	#merged(node: unknown, depth: number): unknown[] {
		const value = this.#value(node, depth);
		const found = Array.isArray(value) ? (value as unknown[]) : [value];
		const wrong = found.some((one) => typeof one !== 'object' || one === null || Array.isArray(one));
		if (wrong) {
			this.problems.push(new YamlProblem('found << with no mapping, expected an alias of a mapping', node));
		}
		return wrong ? [] : found;
	}

	#remember(node: unknown): void {
		const anchor = (node as { anchor?: string } | null | undefined)?.anchor;
		if (anchor !== undefined) {
			this.#anchors.set(anchor, node as Node);
		}
	}

	#follow(alias: Alias): Node {
		const known = this.targets.get(alias) ?? this.#anchors.get(alias.source);
		if (known === undefined) {
			throw new YamlProblem(`found an alias of nothing, *${alias.source}, expected an anchor before it`, alias);
		}
		if (this.#open.has(known)) {
			throw new YamlProblem(`found an alias within what it stands for, *${alias.source}`, alias);
		}
		this.targets.set(alias, known);
		return known;
	}
}

/** What the schema makes of it, where that is plain. */
function scalarOf({ value, source }: Scalar): unknown {
	return value === null || ['string', 'number', 'boolean'].includes(typeof value) ? value : (source ?? null);
}

function keyOf(node: unknown): string | undefined {
	if (!isScalar(node)) {
		return undefined;
	}
	return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}

/** `"<<"` is a key like any other. */
function isPlainKey(node: unknown): boolean {
	return isScalar(node) && node.type === 'PLAIN';
}
