/** Writes a small ELF64 object by hand. */

import { stringTable, u16, u32, u64, u8 } from './bytes.js';

export interface SectionSpec {
	readonly name: string;
	readonly data: Uint8Array | readonly number[];
	/** Variables in it: offset by name. */
	readonly symbols?: Record<string, number>;
	/** Has a size, but no bytes in the file (.bss). */
	readonly noBits?: number;
}

interface Section {
	readonly name: number;
	readonly type: number;
	readonly data: readonly number[];
	readonly size: number;
	readonly link: number;
}

const PROGBITS = 1;
const SYMTAB = 2;
const STRTAB = 3;
const NOBITS = 8;

export function buildElf(specs: readonly SectionSpec[]): Uint8Array {
	const sectionNames = stringTable();
	const symbolNames = stringTable();
	const symbols: number[] = new Array<number>(24).fill(0);
	const sections: Section[] = [{ name: 0, type: 0, data: [], size: 0, link: 0 }];
	const add = (name: string, type: number, data: readonly number[], size = data.length, link = 0): number =>
		sections.push({ name: sectionNames.add(name), type, data, size, link }) - 1;

	for (const spec of specs) {
		const type = spec.noBits === undefined ? PROGBITS : NOBITS;
		const index = add(spec.name, type, [...spec.data], spec.noBits ?? spec.data.length);
		for (const [name, offset] of Object.entries(spec.symbols ?? {})) {
			symbols.push(...u32(symbolNames.add(name)), ...u8(0x11), ...u8(0), ...u16(index), ...u64(offset), ...u64(4));
		}
	}
	add('.symtab', SYMTAB, symbols, symbols.length, sections.length + 1);
	add('.strtab', STRTAB, symbolNames.bytes());
	const names = sectionNames.add('.shstrtab');
	sections.push({ name: names, type: STRTAB, data: sectionNames.bytes(), size: sectionNames.bytes().length, link: 0 });
	return layOut(sections);
}

function layOut(sections: readonly Section[]): Uint8Array {
	const body: number[] = [];
	const headers: number[] = [];
	for (const section of sections) {
		headers.push(
			...u32(section.name), ...u32(section.type), ...u64(0), ...u64(0), ...u64(64 + body.length),
			...u64(section.size), ...u32(section.link), ...u32(0), ...u64(8), ...u64(0),
		); // prettier-ignore
		body.push(...section.data);
	}
	const identification = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...new Array<number>(9).fill(0)];
	const header = [
		...identification, ...u16(1), ...u16(247), ...u32(1), ...u64(0), ...u64(0), ...u64(64 + body.length), ...u32(0),
		...u16(64), ...u16(0), ...u16(0), ...u16(64), ...u16(sections.length), ...u16(sections.length - 1),
	]; // prettier-ignore
	return Uint8Array.from([...header, ...body, ...headers]);
}
