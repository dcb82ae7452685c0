/** One text for one layout, and its hash: pinned maps of another layout are refused by it. */

import { createHash } from 'node:crypto';
import { isPadding, type FieldType, type Layout, type MapLayout, type StructLayout } from './layout.js';

/**
 * Every struct and map, a line a field. The names of padding do not count, and neither do the sizes of maps, which
 * each datapath chooses for itself.
 */
export function describeLayout(layout: Layout): string {
	return [
		...layout.structs.filter(isShared).map(describeStruct),
		...layout.maps.filter(isShared).map(describeMap),
	].join('\n');
}

/** 16 hexadecimal digits. */
export function hashLayout(layout: Layout): string {
	return createHash('sha256').update(describeLayout(layout)).digest('hex').slice(0, 16);
}

/** .rodata and .bss belong to one loaded object, not to those who share its maps. */
function isShared({ name }: { readonly name: string }): boolean {
	return !/^\.(rodata|bss)(\.|$)/.test(name);
}

export function describeStruct(struct: StructLayout): string {
	const fields = struct.fields.map((field) => {
		const name = isPadding(field) ? '-' : field.name;
		return `\t${field.offset}\t${describeType(field.type)}\t${name}`;
	});
	return [`struct ${struct.name}\t${struct.size}`, ...fields].join('\n');
}

function describeMap(map: MapLayout): string {
	const key = map.key ? describeType(map.key) : `${map.keySize}`;
	const value = map.value ? describeType(map.value) : `${map.valueSize}`;
	return `map ${map.name}\ttype ${map.type}\tkey ${key}\tvalue ${value}\tflags 0x${map.flags.toString(16)}`;
}

export function describeType(type: FieldType): string {
	switch (type.kind) {
		case 'int':
			return `${type.networkOrder ? 'be' : type.signed ? 's' : 'u'}${type.size * 8}`;
		case 'bytes':
			return `u8[${type.length}]`;
		case 'array':
			return `${describeType(type.element)}[${type.length}]`;
		case 'struct':
			return `struct ${type.name}`;
	}
}
