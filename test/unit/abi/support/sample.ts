import { btfBuilder } from './btf-builder.js';
import { buildElf } from './elf-builder.js';

export const sampleNames = { structs: ['key', 'value'], enums: ['colour'] };

/** A small object with every kind of thing that the reader knows. */
export function sampleObject(): Uint8Array {
	const btf = btfBuilder();
	const u8 = btf.int('unsigned char', 1);
	const u16 = btf.int('unsigned short', 2);
	const u32 = btf.int('unsigned int', 4);
	const u64 = btf.int('unsigned long long', 8);
	const be16 = btf.typedef('__be16', btf.typedef('__u16', u16));
	const key = btf.struct('key', 8, [
		{ name: 'id', type: u32, offset: 0 },
		{ name: 'port', type: be16, offset: 4 },
		{ name: 'pad', type: btf.array(u8, 2), offset: 6 },
	]);
	btf.tag('doc:Who.', key);
	btf.tag('doc:Bytes << 1', key, 1);
	const value = btf.struct('value', 40, [
		{ name: 'counts', type: btf.array(u64, 2), offset: 0 },
		{ name: 'mac', type: btf.array(u8, 8), offset: 16 },
		{ name: 'inner', type: key, offset: 24 },
		{ name: 'delta', type: btf.int('long', 8, { signed: true }), offset: 32 },
	]);
	btf.enumeration('colour', { COLOUR_RED: 1, COLOUR_DARK_BLUE: 7 });
	const hash = btf.map('things', { type: 1, max_entries: 16, map_flags: 1 }, { key, value });
	const ring = btf.map('events', { type: 27, max_entries: 4096 }, {});
	btf.section('.maps', [hash, ring]);
	btf.section('.rodata', [btf.variable('limit', btf.constant(u32))]);
	btf.section('.bss', [btf.variable('unused', btf.pointer(value))]);
	return buildElf([
		{ name: '.maps', data: new Uint8Array(64), symbols: { things: 0, events: 32 } },
		{ name: '.rodata', data: [7, 0, 0, 0], symbols: { limit: 0 } },
		{ name: '.bss', data: [], noBits: 8, symbols: { unused: 0 } },
		{ name: '.BTF', data: btf.bytes() },
	]);
}
