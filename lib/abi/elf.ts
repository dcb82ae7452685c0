/** Reads sections and symbols of an ELF64 little-endian object; only what a BPF object needs. */

import { cursor, type Cursor } from './cursor.js';

export interface ElfSection {
	readonly name: string;
	/** Empty for sections without contents in the file (.bss). */
	readonly data: Uint8Array;
	readonly size: number;
}

export interface ElfSymbol {
	readonly name: string;
	/** Index into `sections`. */
	readonly section: number;
	readonly offset: number;
	readonly size: number;
}

export interface Elf {
	readonly sections: readonly ElfSection[];
	readonly symbols: readonly ElfSymbol[];
}

interface Header {
	readonly nameOffset: number;
	readonly type: number;
	readonly offset: number;
	readonly size: number;
	readonly link: number;
}

const SHT_SYMTAB = 2;
const SHT_NOBITS = 8;
const SECTION_HEADER_SIZE = 64;
const SYMBOL_SIZE = 24;
/** Indexes from here on are reserved (SHN_ABS, SHN_COMMON). */
const SHN_LORESERVE = 0xff00;

export function readElf(bytes: Uint8Array): Elf {
	const file = cursor(bytes, 'ELF object', 'ERR_INVALID_ELF');
	checkIdentification(file);
	const headers = readHeaders(file);
	const names = nameTable(file, headers);
	const sections = headers.map((header) => readSection(file, header, names));
	return { sections, symbols: readSymbols(file, headers, sections) };
}

export function findSection(elf: Elf, name: string): ElfSection | undefined {
	return elf.sections.find((section) => section.name === name);
}

function checkIdentification(file: Cursor): void {
	if (file.length < 64) file.fail(`found ${file.length} bytes, expected a header of 64`);
	if (file.u32(0) !== 0x464c457f) file.fail('found no ELF magic number');
	if (file.u8(4) !== 2) file.fail(`class: found ${file.u8(4)}, expected 2 (64 bit)`);
	if (file.u8(5) !== 1) file.fail(`data: found ${file.u8(5)}, expected 1 (little endian)`);
}

function readHeaders(file: Cursor): Header[] {
	const start = safeNumber(file, 40);
	const entrySize = file.u16(58);
	const count = file.u16(60);
	if (entrySize !== SECTION_HEADER_SIZE) file.fail(`section header size: found ${entrySize}, expected 64`);
	file.slice(start, count * SECTION_HEADER_SIZE, 'section headers');
	const table: Header[] = [];
	for (let index = 0; index < count; index++) {
		const at = start + index * SECTION_HEADER_SIZE;
		table.push({
			nameOffset: file.u32(at),
			type: file.u32(at + 4),
			offset: safeNumber(file, at + 24),
			size: safeNumber(file, at + 32),
			link: file.u32(at + 40),
		});
	}
	return table;
}

function nameTable(file: Cursor, headers: readonly Header[]): Cursor {
	const header = headers[file.u16(62)];
	if (header === undefined) return file.fail('found no section of section names');
	return cursor(contents(file, header), 'ELF section names', 'ERR_INVALID_ELF');
}

function contents(file: Cursor, header: Header): Uint8Array {
	if (header.type === SHT_NOBITS || header.size === 0) return new Uint8Array(0);
	return file.slice(header.offset, header.size, 'a section');
}

function readSection(file: Cursor, header: Header, names: Cursor): ElfSection {
	// The first section header is all zero.
	const name = header.type === 0 ? '' : names.string(header.nameOffset);
	return { name, data: contents(file, header), size: header.size };
}

function readSymbols(file: Cursor, headers: readonly Header[], sections: readonly ElfSection[]): ElfSymbol[] {
	const index = headers.findIndex((header) => header.type === SHT_SYMTAB);
	const table = sections[index];
	const strings = sections[headers[index]?.link ?? -1];
	if (table === undefined) return [];
	if (strings === undefined) return file.fail('the symbol table has no string table');
	const names = cursor(strings.data, 'ELF symbol names', 'ERR_INVALID_ELF');
	const entries = cursor(table.data, 'ELF symbol table', 'ERR_INVALID_ELF');
	const symbols: ElfSymbol[] = [];
	for (let at = 0; at + SYMBOL_SIZE <= entries.length; at += SYMBOL_SIZE) {
		const section = entries.u16(at + 6);
		if (section === 0 || section >= SHN_LORESERVE) continue;
		symbols.push({
			name: names.string(entries.u32(at)),
			section,
			offset: safeNumber(entries, at + 8),
			size: safeNumber(entries, at + 16),
		});
	}
	return symbols;
}

function safeNumber(from: Cursor, offset: number): number {
	const value = from.u64(offset);
	if (value > 0x7fffffffn) from.fail(`found ${value} at ${offset}, expected less than 2 GiB`);
	return Number(value);
}
