import { HeddleError } from '../errors.js';
import { readBtf } from './btf.js';
import { findSection, readElf } from './elf.js';
import type { FieldType, Layout } from './layout.js';
import { dataSectionLayouts, mapLayouts } from './maps.js';
import { enumLayouts, structLayouts } from './structs.js';

/** What crosses the kernel boundary: the structs and enums of bpf/abi.h. */
export interface AbiNames {
	readonly structs: readonly string[];
	readonly enums: readonly string[];
}

/** Reads the layouts out of a compiled BPF object. */
export function readLayout(object: Uint8Array, names: AbiNames): Layout {
	const elf = readElf(object);
	const section = findSection(elf, '.BTF');
	if (section === undefined) {
		throw new HeddleError('ERR_INVALID_BTF', 'BPF object: found no section .BTF, expected one (clang -g)');
	}
	const btf = readBtf(section.data);
	const structs = structLayouts(btf, new Set(names.structs));
	const enums = enumLayouts(btf, new Set(names.enums));
	const data = dataSectionLayouts(btf, elf);
	const known = new Set(structs.map(({ name }) => name));
	const maps = mapLayouts(btf).map((map) => ({
		...map,
		...(map.key && { key: visible(map.key, map.keySize, known) }),
		...(map.value && { value: visible(map.value, map.valueSize, known) }),
	}));
	requireAll('struct', names.structs, structs);
	requireAll('enum', names.enums, enums);
	return { structs: [...structs, ...data.structs], enums, maps: [...maps, ...data.maps] };
}

/** Scratch space of the datapath is none of our business. */
function visible(type: FieldType, size: number, known: ReadonlySet<string>): FieldType {
	return type.kind === 'struct' && !known.has(type.name) ? { kind: 'bytes', length: size } : type;
}

function requireAll(kind: string, names: readonly string[], found: readonly { readonly name: string }[]): void {
	const missing = names.filter((name) => !found.some((one) => one.name === name));
	const twice = found.find((one, index) => found[index - 1]?.name === one.name);
	if (twice)
		throw new HeddleError('ERR_ABI', `${kind} ${twice.name}: found two layouts, expected one`, { field: twice.name });
	if (missing.length === 0) return;
	throw new HeddleError(
		'ERR_ABI',
		`${kind} ${missing.join(', ')}: found none in the object's BTF, expected one (keep it by an unused pointer variable)`,
		{ field: missing[0] },
	);
}
