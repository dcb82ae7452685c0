/** Writes BTF by hand, a type a call; each returns the type's number. */

import { stringTable, u16, u32, u8 } from './bytes.js';

export interface MemberSpec {
	readonly name: string;
	readonly type: number;
	readonly offset: number;
	/** A bit-field of so many bits. */
	readonly bits?: number;
}

export interface BtfBuilder {
	int(name: string, size: number, options?: { signed?: boolean }): number;
	pointer(type: number): number;
	array(element: number, length: number): number;
	struct(name: string, size: number, members: readonly MemberSpec[]): number;
	union(name: string, size: number, members: readonly MemberSpec[]): number;
	enumeration(name: string, values: Record<string, number>, options?: { signed?: boolean }): number;
	enum64(name: string, values: Record<string, bigint>): number;
	typedef(name: string, type: number): number;
	constant(type: number): number;
	variable(name: string, type: number): number;
	section(name: string, variables: readonly number[]): number;
	tag(text: string, target: number, component?: number): number;
	float(name: string, size: number): number;
	/** A record whose fields nobody checked. */
	raw(bytes: readonly number[]): number;
	/** `struct { __uint(...); __type(...) } name SEC(".maps")`; returns the variable. */
	map(name: string, numbers: Record<string, number>, types: Record<string, number>): number;
	bytes(): Uint8Array;
}

export function btfBuilder(): BtfBuilder {
	const strings = stringTable();
	const types: number[] = [];
	let count = 0;

	function raw(bytes: readonly number[]): number {
		types.push(...bytes);
		return ++count;
	}

	function add(
		kind: number,
		name: string,
		sizeOrType: number,
		body: readonly number[] = [],
		entries = 0,
		flag = 0,
	): number {
		const info = ((flag << 31) | (kind << 24) | entries) >>> 0;
		return raw([...u32(strings.add(name)), ...u32(info), ...u32(sizeOrType), ...body]);
	}

	function members(kind: number, name: string, size: number, specs: readonly MemberSpec[]): number {
		const flag = specs.some(({ bits }) => bits !== undefined) ? 1 : 0;
		const body = specs.flatMap((spec) => {
			const offset = flag === 0 ? spec.offset * 8 : ((spec.bits ?? 0) << 24) | (spec.offset * 8);
			return [...u32(strings.add(spec.name)), ...u32(spec.type), ...u32(offset)];
		});
		return add(kind, name, size, body, specs.length, flag);
	}

	const builder: BtfBuilder = {
		raw,
		int: (name, size, options = {}) => add(1, name, size, u32(((options.signed ? 1 : 0) << 24) | (size * 8))),
		pointer: (type) => add(2, '', type),
		array: (element, length) => add(3, '', 0, [...u32(element), ...u32(0), ...u32(length)]),
		struct: (name, size, specs) => members(4, name, size, specs),
		union: (name, size, specs) => members(5, name, size, specs),
		enumeration(name, values, options = {}) {
			const body = Object.entries(values).flatMap(([value, number]) => [...u32(strings.add(value)), ...u32(number)]);
			return add(6, name, 4, body, Object.keys(values).length, options.signed ? 1 : 0);
		},
		enum64(name, values) {
			const body = Object.entries(values).flatMap(([value, number]) => [
				...u32(strings.add(value)),
				...u32(Number(number & 0xffffffffn)),
				...u32(Number(number >> 32n)),
			]);
			return add(19, name, 8, body, Object.keys(values).length);
		},
		typedef: (name, type) => add(8, name, type),
		constant: (type) => add(10, '', type),
		variable: (name, type) => add(14, name, type, u32(1)),
		section: (name, variables) =>
			add(
				15,
				name,
				0,
				variables.flatMap((type) => [...u32(type), ...u32(0), ...u32(0)]),
				variables.length,
			),
		tag: (text, target, component = -1) => add(17, text, target, u32(component)),
		float: (name, size) => add(16, name, size),
		map(name, numbers, typeMembers) {
			const element = builder.int('int', 4);
			const specs = [
				...Object.entries(numbers).map(
					([key, value]) => [key, builder.pointer(builder.array(element, value))] as const,
				),
				...Object.entries(typeMembers).map(([key, type]) => [key, builder.pointer(type)] as const),
			];
			const fields = specs.map(([key, type], index) => ({ name: key, type, offset: index * 8 }));
			return builder.variable(name, builder.struct('', fields.length * 8, fields));
		},
		bytes() {
			const text = strings.bytes();
			const header = [
				...u16(0xeb9f), ...u8(1), ...u8(0), ...u32(24), ...u32(0), ...u32(types.length), ...u32(types.length),
				...u32(text.length),
			]; // prettier-ignore
			return Uint8Array.from([...header, ...types, ...text]);
		},
	};
	return builder;
}
