/** Reads BTF, the type information of a BPF object: types by number, nothing resolved yet. */

import { cursor, type Cursor } from './cursor.js';

export interface BtfMember {
	readonly name: string;
	readonly type: number;
	/** From the start of the struct. */
	readonly bitOffset: number;
	/** 0: not a bit-field. */
	readonly bitSize: number;
}

export interface BtfEnumValue {
	readonly name: string;
	readonly value: bigint;
}

export type BtfType =
	| { readonly kind: 'void' }
	| {
			readonly kind: 'int';
			readonly name: string;
			readonly size: number;
			readonly signed: boolean;
			readonly bits: number;
	  }
	| { readonly kind: 'array'; readonly element: number; readonly length: number }
	| {
			readonly kind: 'struct' | 'union';
			readonly name: string;
			readonly size: number;
			readonly members: readonly BtfMember[];
	  }
	| { readonly kind: 'enum'; readonly name: string; readonly size: number; readonly values: readonly BtfEnumValue[] }
	| { readonly kind: 'typedef'; readonly name: string; readonly type: number }
	/** const, volatile, restrict and type tags: they change no layout. */
	| { readonly kind: 'qualifier'; readonly type: number }
	| { readonly kind: 'pointer'; readonly type: number }
	| { readonly kind: 'variable'; readonly name: string; readonly type: number }
	| {
			readonly kind: 'section';
			readonly name: string;
			readonly size: number;
			readonly variables: readonly BtfVariable[];
	  }
	| {
			readonly kind: 'tag';
			readonly text: string;
			readonly target: number;
			/** Member index, or -1: all of it. */ readonly component: number;
	  }
	| { readonly kind: 'other'; readonly name: string };

export interface BtfVariable {
	readonly type: number;
	/** As compilers leave it: 0 until a linker fills it in. */
	readonly offset: number;
	readonly size: number;
}

/** Index is the type's number; 0 is void. */
export type Btf = readonly BtfType[];

const MAGIC = 0xeb9f;
const HEADER_SIZE = 24;

/** Numbers of linux/btf.h. */
const Kind = {
	Int: 1, Pointer: 2, Array: 3, Struct: 4, Union: 5, Enum: 6, Forward: 7, Typedef: 8, Volatile: 9, Const: 10,
	Restrict: 11, Function: 12, FunctionPrototype: 13, Variable: 14, Section: 15, Float: 16, DeclTag: 17, TypeTag: 18,
	Enum64: 19,
} as const; // prettier-ignore

export function readBtf(bytes: Uint8Array): Btf {
	const file = cursor(bytes, 'BTF', 'ERR_INVALID_BTF');
	if (file.length < HEADER_SIZE) file.fail(`found ${file.length} bytes, expected a header of ${HEADER_SIZE}`);
	if (file.u16(0) !== MAGIC) file.fail(`magic number: found 0x${file.u16(0).toString(16)}, expected 0xeb9f`);
	if (file.u8(2) !== 1) file.fail(`version: found ${file.u8(2)}, expected 1`);
	const headerLength = file.u32(4);
	const types = file.slice(headerLength + file.u32(8), file.u32(12), 'types');
	const strings = file.slice(headerLength + file.u32(16), file.u32(20), 'strings');
	return readTypes(cursor(types, 'BTF types', 'ERR_INVALID_BTF'), cursor(strings, 'BTF strings', 'ERR_INVALID_BTF'));
}

/** One type record: what all kinds share, and where its own part begins. */
interface Raw {
	readonly types: Cursor;
	readonly strings: Cursor;
	readonly name: string;
	readonly kind: number;
	readonly flag: boolean;
	readonly count: number;
	/** Size in bytes, or a type's number. */
	readonly sizeOrType: number;
	readonly body: number;
}

function readTypes(types: Cursor, strings: Cursor): Btf {
	const result: BtfType[] = [{ kind: 'void' }];
	let at = 0;
	while (at < types.length) {
		const info = types.u32(at + 4);
		const raw: Raw = {
			types,
			strings,
			name: strings.string(types.u32(at)),
			kind: (info >>> 24) & 0x1f,
			flag: info >>> 31 === 1,
			count: info & 0xffff,
			sizeOrType: types.u32(at + 8),
			body: at + 12,
		};
		result.push(readType(raw));
		at = raw.body + bodySize(raw);
	}
	return result;
}

function bodySize({ kind, count, types }: Raw): number {
	switch (kind) {
		case Kind.Int:
		case Kind.Variable:
		case Kind.DeclTag:
			return 4;
		case Kind.Array:
			return 12;
		case Kind.Struct:
		case Kind.Union:
		case Kind.Section:
		case Kind.Enum64:
			return count * 12;
		case Kind.Enum:
		case Kind.FunctionPrototype:
			return count * 8;
		case Kind.Pointer:
		case Kind.Forward:
		case Kind.Typedef:
		case Kind.Volatile:
		case Kind.Const:
		case Kind.Restrict:
		case Kind.Function:
		case Kind.Float:
		case Kind.TypeTag:
			return 0;
		default:
			return types.fail(`found a type of unknown kind ${kind}`);
	}
}

function readType(raw: Raw): BtfType {
	const { name, sizeOrType: type, sizeOrType: size } = raw;
	switch (raw.kind) {
		case Kind.Int:
			return readInt(raw);
		case Kind.Pointer:
			return { kind: 'pointer', type };
		case Kind.Array:
			return { kind: 'array', element: raw.types.u32(raw.body), length: raw.types.u32(raw.body + 8) };
		case Kind.Struct:
			return { kind: 'struct', name, size, members: readMembers(raw) };
		case Kind.Union:
			return { kind: 'union', name, size, members: readMembers(raw) };
		case Kind.Enum:
		case Kind.Enum64:
			return { kind: 'enum', name, size, values: readEnumValues(raw) };
		case Kind.Typedef:
			return { kind: 'typedef', name, type };
		case Kind.Volatile:
		case Kind.Const:
		case Kind.Restrict:
		case Kind.TypeTag:
			return { kind: 'qualifier', type };
		case Kind.Variable:
			return { kind: 'variable', name, type };
		case Kind.Section:
			return { kind: 'section', name, size, variables: readVariables(raw) };
		case Kind.DeclTag:
			return { kind: 'tag', text: name, target: type, component: raw.types.u32(raw.body) | 0 };
		default:
			return { kind: 'other', name };
	}
}

function readInt(raw: Raw): BtfType {
	const info = raw.types.u32(raw.body);
	const signed = ((info >>> 24) & 1) === 1;
	return { kind: 'int', name: raw.name, size: raw.sizeOrType, signed, bits: info & 0xff };
}

function entries<T>(raw: Raw, size: number, read: (at: number) => T): T[] {
	return Array.from({ length: raw.count }, (_, index) => read(raw.body + index * size));
}

function readMembers(raw: Raw): BtfMember[] {
	return entries(raw, 12, (at) => {
		const offset = raw.types.u32(at + 8);
		return {
			name: raw.strings.string(raw.types.u32(at)),
			type: raw.types.u32(at + 4),
			bitOffset: raw.flag ? offset & 0xffffff : offset,
			bitSize: raw.flag ? offset >>> 24 : 0,
		};
	});
}

function readEnumValues(raw: Raw): BtfEnumValue[] {
	const wide = raw.kind === Kind.Enum64;
	return entries(raw, wide ? 12 : 8, (at) => {
		const name = raw.strings.string(raw.types.u32(at));
		const low = BigInt(raw.types.u32(at + 4));
		const value = wide ? (BigInt(raw.types.u32(at + 8)) << 32n) | low : low;
		return { name, value: raw.flag ? BigInt.asIntN(wide ? 64 : 32, value) : value };
	});
}

function readVariables(raw: Raw): BtfVariable[] {
	return entries(raw, 12, (at) => ({
		type: raw.types.u32(at),
		offset: raw.types.u32(at + 4),
		size: raw.types.u32(at + 8),
	}));
}
