/** Follows BTF type numbers to what they mean. Bounded, so that a damaged object ends in an error. */

import { HeddleError } from '../errors.js';
import type { Btf, BtfType } from './btf.js';
import type { FieldType, IntType } from './layout.js';

const MAX_DEPTH = 32;
/** No map value is as large (KMALLOC_MAX_SIZE). */
const MAX_BYTES = 1 << 22;

export interface Resolved {
	readonly type: BtfType;
	readonly id: number;
	/** Names of the typedefs on the way. */
	readonly typedefs: readonly string[];
}

export function invalid(message: string): never {
	throw new HeddleError('ERR_INVALID_BTF', `BTF: ${message}`);
}

/** Through typedefs and qualifiers. */
export function resolve(btf: Btf, id: number): Resolved {
	const typedefs: string[] = [];
	for (let depth = 0; depth < MAX_DEPTH; depth++) {
		const type = btf[id];
		if (type === undefined) return invalid(`found type number ${id}, expected less than ${btf.length}`);
		if (type.kind === 'typedef') typedefs.push(type.name);
		else if (type.kind !== 'qualifier') return { type, id, typedefs };
		id = type.type;
	}
	return invalid(`type ${id} has more than ${MAX_DEPTH} names`);
}

export function sizeOf(btf: Btf, id: number, depth = 0): number {
	const { type } = resolve(btf, id);
	switch (type.kind) {
		case 'int':
		case 'struct':
		case 'union':
		case 'enum':
		case 'section':
			return bounded(type.size);
		case 'pointer':
			return 8;
		case 'array':
			if (depth > MAX_DEPTH) return invalid('arrays nest too deeply');
			return bounded(type.length * sizeOf(btf, type.element, depth + 1));
		default:
			return invalid(`found a ${type.kind}, expected a type that has a size`);
	}
}

function bounded(size: number): number {
	return size <= MAX_BYTES ? size : invalid(`found a type of ${size} bytes, expected ${MAX_BYTES} at most`);
}

/** What a struct member or a map's key or value is. `where` names it in errors. */
export function fieldType(btf: Btf, id: number, where: string, depth = 0): FieldType {
	const { type, typedefs } = resolve(btf, id);
	if (depth > MAX_DEPTH) return invalid(`${where}: arrays nest too deeply`);
	switch (type.kind) {
		case 'int':
			return intType(type.size, type.signed, typedefs, where);
		case 'enum':
			return intType(type.size, false, typedefs, where);
		case 'struct':
			return type.name === '' ? refuse(where, 'an unnamed struct') : { kind: 'struct', name: type.name };
		case 'array':
			bounded(sizeOf(btf, id));
			return arrayType(fieldType(btf, type.element, where, depth + 1), type.length);
		default:
			return refuse(where, `a ${type.kind}`);
	}
}

function arrayType(element: FieldType, length: number): FieldType {
	const bytes = element.kind === 'int' && element.size === 1 && !element.signed;
	return bytes ? { kind: 'bytes', length } : { kind: 'array', element, length };
}

function intType(size: number, signed: boolean, typedefs: readonly string[], where: string): IntType {
	if (size !== 1 && size !== 2 && size !== 4 && size !== 8) return refuse(where, `an integer of ${size} bytes`);
	const networkOrder = typedefs.some((name) => /^__be(16|32|64)$/.test(name));
	return { kind: 'int', size, signed, networkOrder };
}

function refuse(where: string, found: string): never {
	throw new HeddleError(
		'ERR_ABI',
		`${where}: found ${found}, expected an integer of fixed width, an array, or a named struct`,
		{ field: where },
	);
}
