/** What lies where: structs, enums and maps of a BPF object, resolved from its BTF. */

export interface IntType {
	readonly kind: 'int';
	readonly size: 1 | 2 | 4 | 8;
	readonly signed: boolean;
	/** Network byte order: the C type is __be16, __be32 or __be64. */
	readonly networkOrder: boolean;
}

export type FieldType =
	| IntType
	/** An array of u8. */
	| { readonly kind: 'bytes'; readonly length: number }
	| { readonly kind: 'array'; readonly element: FieldType; readonly length: number }
	| { readonly kind: 'struct'; readonly name: string };

export interface Field {
	readonly name: string;
	readonly offset: number;
	readonly size: number;
	readonly type: FieldType;
	readonly doc?: string;
}

export interface StructLayout {
	readonly name: string;
	readonly size: number;
	readonly fields: readonly Field[];
	readonly doc?: string;
	/** A data section (.rodata, .data.*): room between variables is allowed there. */
	readonly section?: boolean;
}

export interface EnumLayout {
	readonly name: string;
	readonly values: readonly { readonly name: string; readonly value: number }[];
}

export interface MapLayout {
	readonly name: string;
	/** Number of enum bpf_map_type. */
	readonly type: number;
	/** undefined: the map has none (ring buffers). */
	readonly key?: FieldType;
	readonly value?: FieldType;
	readonly keySize: number;
	readonly valueSize: number;
	readonly maxEntries: number;
	readonly flags: number;
}

export interface Layout {
	/** By name, in order. */
	readonly structs: readonly StructLayout[];
	readonly enums: readonly EnumLayout[];
	readonly maps: readonly MapLayout[];
}

/** Names that say "nothing here": written as zero, left out of interfaces. */
export function isPadding(field: Field): boolean {
	return /^(pad|reserved)\d*$/.test(field.name);
}
