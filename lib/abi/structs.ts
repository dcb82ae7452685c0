/** Struct and enum layouts from BTF. Refuses what a reader of the C header could not see: implicit padding. */

import { HeddleError } from '../errors.js';
import type { Btf, BtfMember, BtfType } from './btf.js';
import type { EnumLayout, Field, StructLayout } from './layout.js';
import { fieldType, sizeOf } from './resolve.js';

type BtfStruct = Extract<BtfType, { kind: 'struct' | 'union' }>;

/** Doc texts of one struct: by member index; -1 is the struct's own. */
type Docs = ReadonlyMap<number, string>;

export function structLayouts(btf: Btf, names: ReadonlySet<string>): StructLayout[] {
	const docs = readDocs(btf);
	const found: StructLayout[] = [];
	btf.forEach((type, id) => {
		if (type.kind !== 'struct' || !names.has(type.name)) return;
		const layout = structLayout(btf, type, docs.get(id) ?? new Map<number, string>());
		checkPadding(layout);
		found.push(layout);
	});
	return found.sort(byName);
}

export function enumLayouts(btf: Btf, names: ReadonlySet<string>): EnumLayout[] {
	const found: EnumLayout[] = [];
	for (const type of btf) {
		if (type.kind !== 'enum' || !names.has(type.name)) continue;
		const values = type.values.map(({ name, value }) => ({ name, value: safeNumber(`${type.name}.${name}`, value) }));
		found.push({ name: type.name, values });
	}
	return found.sort(byName);
}

/** `btf_decl_tag("doc:...")`, by type number. */
function readDocs(btf: Btf): Map<number, Map<number, string>> {
	const docs = new Map<number, Map<number, string>>();
	for (const type of btf) {
		if (type.kind !== 'tag' || !type.text.startsWith('doc:')) continue;
		const ofTarget = docs.get(type.target) ?? new Map<number, string>();
		ofTarget.set(type.component, type.text.slice('doc:'.length));
		docs.set(type.target, ofTarget);
	}
	return docs;
}

function structLayout(btf: Btf, type: BtfStruct, docs: Docs): StructLayout {
	const fields = type.members.map((member, index) => fieldLayout(btf, type.name, member, docs.get(index)));
	return { name: type.name, size: sizeOfStruct(type), fields, ...optionalDoc(docs.get(-1)) };
}

function sizeOfStruct(type: BtfStruct): number {
	return type.size > 0 ? type.size : refuse(type.name, 0, 'no members');
}

function fieldLayout(btf: Btf, struct: string, member: BtfMember, doc: string | undefined): Field {
	const where = `struct ${struct}, member ${member.name || '(unnamed)'}`;
	if (member.bitSize !== 0 || member.bitOffset % 8 !== 0) return refuse(struct, member.bitOffset >> 3, 'a bit-field');
	return {
		name: member.name,
		offset: member.bitOffset / 8,
		size: sizeOf(btf, member.type),
		type: fieldType(btf, member.type, where),
		...optionalDoc(doc),
	};
}

function optionalDoc(doc: string | undefined): { doc?: string } {
	return doc === undefined ? {} : { doc };
}

function checkPadding(layout: StructLayout): void {
	let end = 0;
	for (const field of layout.fields) {
		if (field.offset < end) refuse(layout.name, field.offset, `member ${field.name} over the one before it`);
		if (field.offset > end) refuse(layout.name, end, padding(field.offset - end, `before member ${field.name}`));
		end = field.offset + field.size;
	}
	if (end > layout.size) refuse(layout.name, end, `members beyond the struct's ${layout.size} bytes`);
	if (end < layout.size) refuse(layout.name, end, padding(layout.size - end, 'after the last member'));
}

function padding(bytes: number, where: string): string {
	return `${bytes} bytes of implicit padding ${where}`;
}

function refuse(struct: string, offset: number, found: string): never {
	throw new HeddleError(
		'ERR_ABI',
		`struct ${struct}, offset ${offset}: found ${found}, expected every byte to belong to one member of fixed width`,
		{ field: struct, found, offset },
	);
}

function safeNumber(where: string, value: bigint): number {
	const number = Number(value);
	if (Number.isSafeInteger(number)) return number;
	throw new HeddleError('ERR_ABI', `enum ${where}: found ${value}, expected a number below 2^53`, { field: where });
}

export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
	return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
