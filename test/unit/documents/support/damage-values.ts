import { pick, type Random } from './random.js';

type Box = Record<string, unknown> | unknown[];

/** What stands where something else should. */
const SCRAPS: readonly (() => unknown)[] = [
	() => null,
	() => true,
	() => -1,
	() => 0,
	() => 1.5,
	() => 65_536,
	() => Number.MAX_SAFE_INTEGER,
	() => '',
	() => ' ',
	() => '0',
	() => '80',
	() => 'TCP',
	() => '10.0.0.0/8',
	() => '::/0',
	() => '10.0.0.1/8',
	() => 'a'.repeat(300),
	() => '*',
	() => '\u0000',
	() => '😀',
	() => '(?=a)',
	() => [],
	() => [null],
	() => [[]],
	() => ({}),
	() => [{}],
	() => ({ matchLabels: { app: 'a' } }),
	() => JSON.parse('{ "__proto__": { "a": 1 }, "constructor": null }') as unknown,
	() => Array.from({ length: 50 }, (_, i) => ({ port: String(i) })),
];

const NAMES = [
	'__proto__',
	'constructor',
	'toString',
	'',
	'<<',
	'a b',
	'spec',
	'port',
	'endPort',
	'fromEndpoints',
	'toCIDR',
	'rules',
	'ipBlock',
];

/** Changes one thing in a document, somewhere. */
export function damageValues(document: Record<string, unknown>, random: Random): void {
	const boxes = boxesIn(document);
	const box = pick(random, boxes);
	const keys = Object.keys(box);
	if (keys.length === 0) {
		put(box, newKey(box, pick(random, NAMES)), pick(random, SCRAPS)());
		return;
	}
	const key = pick(random, keys);
	switch (random(6)) {
		case 0:
			remove(box, key);
			break;
		case 1:
			put(box, newKey(box, pick(random, NAMES)), pick(random, SCRAPS)());
			break;
		case 2:
			put(box, key, structuredClone(valueIn(pick(random, boxes), random)));
			break;
		case 3:
			put(box, newKey(box, pick(random, namesIn(boxes))), structuredClone(get(box, key)));
			break;
		default:
			put(box, key, pick(random, SCRAPS)());
	}
}

function boxesIn(value: unknown, found: Box[] = []): Box[] {
	if (typeof value === 'object' && value !== null) {
		found.push(value as Box);
		Object.values(value).forEach((item) => boxesIn(item, found));
	}
	return found;
}

function namesIn(boxes: readonly Box[]): string[] {
	return boxes.flatMap((box) => (Array.isArray(box) ? [] : Object.keys(box))).concat('x');
}

function valueIn(box: Box, random: Random): unknown {
	const keys = Object.keys(box);
	return keys.length === 0 ? null : get(box, pick(random, keys));
}

function newKey(box: Box, name: string): string {
	return Array.isArray(box) ? String(box.length) : name;
}

function get(box: Box, key: string): unknown {
	return (box as Record<string, unknown>)[key];
}

function put(box: Box, key: string, value: unknown): void {
	Object.defineProperty(box, key, { value, writable: true, enumerable: true, configurable: true });
}

function remove(box: Box, key: string): void {
	if (Array.isArray(box)) {
		box.splice(Number(key), 1);
	} else {
		Reflect.deleteProperty(box, key);
	}
}
