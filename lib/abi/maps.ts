/** Map definitions (section .maps) and data sections, which libbpf makes maps of. */

import type { Btf, BtfType } from './btf.js';
import type { Elf } from './elf.js';
import type { Field, FieldType, MapLayout, StructLayout } from './layout.js';
import { fieldType, invalid, resolve, sizeOf } from './resolve.js';
import { byName } from './structs.js';

const BPF_MAP_TYPE_ARRAY = 2;
const BPF_F_RDONLY_PROG = 1 << 7;
const BPF_F_MMAPABLE = 1 << 10;

type Section = Extract<BtfType, { kind: 'section' }>;
type Variable = Extract<BtfType, { kind: 'variable' }>;

export function mapLayouts(btf: Btf): MapLayout[] {
	const section = sections(btf).find(({ name }) => name === '.maps');
	if (section === undefined) return [];
	return section.variables.map(({ type }) => mapLayout(btf, variable(btf, type))).sort(byName);
}

function sections(btf: Btf): Section[] {
	return btf.filter((type): type is Section => type.kind === 'section');
}

function variable(btf: Btf, id: number): Variable {
	const type = btf[id];
	return type?.kind === 'variable' ? type : invalid(`found type ${id} in a section, expected a variable`);
}

/** `__uint(x, 5)` is a pointer to an array of 5; `__type(key, T)` a pointer to T. */
function mapLayout(btf: Btf, definition: Variable): MapLayout {
	const { type } = resolve(btf, definition.type);
	if (type.kind !== 'struct') return invalid(`map ${definition.name}: found a ${type.kind}, expected a struct`);
	const members = new Map(type.members.map((member) => [member.name, member.type]));
	const number = (name: string): number => {
		const id = members.get(name);
		return id === undefined ? 0 : arrayLength(btf, id, `map ${definition.name}, ${name}`);
	};
	const part = (name: 'key' | 'value'): { type?: FieldType; size: number } => {
		const id = members.get(name);
		if (id === undefined) return { size: number(`${name}_size`) };
		const target = pointee(btf, id, `map ${definition.name}, ${name}`);
		return { type: partType(btf, target, `map ${definition.name}, ${name}`), size: sizeOf(btf, target) };
	};
	const key = part('key');
	const value = part('value');
	return {
		name: definition.name,
		type: number('type'),
		...(key.type && { key: key.type }),
		...(value.type && { value: value.type }),
		keySize: key.size,
		valueSize: value.size,
		maxEntries: number('max_entries'),
		flags: number('map_flags'),
	};
}

/** Unnamed structs cross no boundary: bytes. */
function partType(btf: Btf, id: number, where: string): FieldType {
	const { type } = resolve(btf, id);
	const opaque = type.kind === 'struct' && type.name === '';
	return opaque ? { kind: 'bytes', length: sizeOf(btf, id) } : fieldType(btf, id, where);
}

function pointee(btf: Btf, id: number, where: string): number {
	const { type } = resolve(btf, id);
	return type.kind === 'pointer' ? type.type : invalid(`${where}: found a ${type.kind}, expected a pointer`);
}

function arrayLength(btf: Btf, id: number, where: string): number {
	const { type } = resolve(btf, pointee(btf, id, where));
	return type.kind === 'array' ? type.length : invalid(`${where}: found a ${type.kind}, expected an array`);
}

/** .rodata, .data.*, .bss: each an array of one entry, whose value is the section. */
export function dataSectionLayouts(btf: Btf, elf: Elf): { structs: StructLayout[]; maps: MapLayout[] } {
	const data = sections(btf)
		.filter(({ name }) => /^\.(rodata|data|bss)(\.|$)/.test(name))
		.sort(byName)
		.map((section) => sectionStruct(btf, elf, section));
	return { structs: data.filter(({ fields }) => fields.length > 0), maps: data.map(sectionMap) };
}

function sectionStruct(btf: Btf, elf: Elf, section: Section): StructLayout {
	const index = elf.sections.findIndex(({ name }) => name === section.name);
	const contents = elf.sections[index];
	if (contents === undefined) return invalid(`section ${section.name} is not in the object`);
	const fields: Field[] = [];
	for (const entry of section.variables) {
		const { name, type } = variable(btf, entry.type);
		// A pointer carries no configuration: it keeps a type in the BTF.
		if (resolve(btf, type).type.kind === 'pointer') continue;
		const symbol = elf.symbols.find((one) => one.section === index && one.name === name);
		if (symbol === undefined) return invalid(`variable ${name} of ${section.name} has no symbol`);
		const where = `section ${section.name}, variable ${name}`;
		fields.push({ name, offset: symbol.offset, size: sizeOf(btf, type), type: fieldType(btf, type, where) });
	}
	fields.sort((a, b) => a.offset - b.offset);
	return { name: section.name, size: contents.size, fields, section: true };
}

function sectionMap({ name, size, fields }: StructLayout): MapLayout {
	const readOnly = name.startsWith('.rodata');
	return {
		name,
		type: BPF_MAP_TYPE_ARRAY,
		key: { kind: 'int', size: 4, signed: false, networkOrder: false },
		value: fields.length > 0 ? { kind: 'struct', name } : { kind: 'bytes', length: size },
		keySize: 4,
		valueSize: size,
		maxEntries: 1,
		flags: BPF_F_MMAPABLE | (readOnly ? BPF_F_RDONLY_PROG : 0),
	};
}
