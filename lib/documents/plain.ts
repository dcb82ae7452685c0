import { describe } from './describe.js';
import type { DocumentPath } from './issue.js';
import { tooDeep, tooMany, type DocumentLimits } from './limits.js';

/** What no text could say. */
export class PlainProblem extends Error {
	constructor(
		message: string,
		readonly path: DocumentPath,
	) {
		super(message);
	}
}

/**
 * A copy of an object that was given as a document, of plain values alone: what is read later is what was checked, and
 * nothing of it can be called.
 *
 * @throws PlainProblem where it is too big or too deep, holds itself, or holds what is not plain
 */
export function plainCopy(value: unknown, { depth, values }: Required<DocumentLimits>): unknown {
	const path: (string | number)[] = [];
	let left = values;

	const fail = (message: string): never => {
		throw new PlainProblem(message, [...path]);
	};
	const copy = (found: unknown): unknown => {
		if (left-- <= 0) {
			fail(tooMany(values));
		}
		if (typeof found !== 'object' || found === null) {
			return isPlain(found) ? found : fail(`found a ${typeof found}, expected a plain value`);
		}
		if (path.length > depth) {
			fail(tooDeep(depth));
		}
		return Array.isArray(found) ? copyList(found) : copyObject(found);
	};
	const within = (part: string | number, found: unknown): unknown => {
		path.push(part);
		const copied = copy(found);
		path.pop();
		return copied;
	};
	const copyList = (found: readonly unknown[]) =>
		found.length > left ? fail(tooMany(values)) : Array.from(found, (item, i) => within(i, item ?? null));
	const copyObject = (found: object) => {
		if (found instanceof Date) {
			return found.toJSON();
		}
		const kind = Object.prototype.toString.call(found).slice('[object '.length, -1);
		if (kind !== 'Object') {
			fail(`found a ${describe(kind)}, expected a plain value`);
		}
		const mapping = Object.create(null) as Record<string, unknown>;
		for (const [name, item] of Object.entries(found)) {
			// As in JSON: what is undefined is not there.
			if (item !== undefined) {
				mapping[name] = within(name, item);
			}
		}
		return mapping;
	};
	return copy(value);
}

function isPlain(value: unknown): boolean {
	return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
