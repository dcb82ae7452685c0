import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import type { DocumentPath } from './issue.js';

/** Smaller mappings are searched. */
const SMALL = 16;

/** Finds where in a text the parts of a document are. */
export class YamlPositions {
	readonly #document: Document.Parsed;
	readonly #targets: ReadonlyMap<unknown, Node>;
	/** Pairs of large mappings by key, made when first asked: a mapping may be asked for each of its keys. */
	#pairs: Map<object, Map<string, Pair>> | undefined;

	constructor(document: Document.Parsed, targets: ReadonlyMap<unknown, Node>) {
		this.#document = document;
		this.#targets = targets;
	}

	/** Offset of what a path leads to; where it leads nowhere, of the last thing that is there. */
	offsetOf(path: DocumentPath): number {
		let node: unknown = this.#resolve(this.#document.contents);
		let offset = startOf(node) ?? 0;
		for (const part of path) {
			if (isMap(node)) {
				const pair = this.#pairOf(node, String(part));
				offset = startOf(pair?.key) ?? offset;
				node = this.#resolve(pair?.value);
			} else if (isSeq(node)) {
				const item: unknown = node.items[Number(part)];
				offset = startOf(item) ?? offset;
				node = this.#resolve(item);
			} else {
				break;
			}
		}
		return offset;
	}

	#resolve(node: unknown): unknown {
		return isAlias(node) ? this.#targets.get(node) : node;
	}

	#pairOf(map: YAMLMap, key: string): Pair | undefined {
		const pairs = map.items as Pair[];
		const own = pairs.length <= SMALL ? pairs.find((pair) => keyOf(pair) === key) : this.#index(map).get(key);
		return own ?? this.#mergedPair(pairs, key);
	}

	#index(map: YAMLMap): Map<string, Pair> {
		this.#pairs ??= new Map();
		const known = this.#pairs.get(map);
		if (known !== undefined) {
			return known;
		}
		const index = new Map<string, Pair>();
		for (const pair of map.items as Pair[]) {
			const key = keyOf(pair);
			if (key !== undefined && !index.has(key)) {
				index.set(key, pair);
			}
		}
		this.#pairs.set(map, index);
		return index;
	}

	/** What came with `<<`. */
	#mergedPair(pairs: readonly Pair[], key: string): Pair | undefined {
		for (const pair of pairs.length <= SMALL ? pairs.filter((one) => keyOf(one) === '<<') : []) {
			const value = this.#resolve(pair.value);
			const sources = isSeq(value) ? value.items.map((item) => this.#resolve(item)) : [value];
			for (const source of sources) {
				const found = isMap(source) ? this.#pairOf(source, key) : undefined;
				if (found !== undefined) {
					return found;
				}
			}
		}
		return undefined;
	}
}

function startOf(node: unknown): number | undefined {
	return (node as Node | undefined | null)?.range?.[0];
}

function keyOf({ key }: Pair): string | undefined {
	if (!isScalar(key)) {
		return undefined;
	}
	return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}
