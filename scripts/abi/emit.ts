import * as prettier from 'prettier';

import type { FieldType, Layout, StructLayout } from '../../lib/abi/layout.js';
import { hashLayout } from '../../lib/abi/layout-hash.js';
import type { AbiNames } from '../../lib/abi/read-layout.js';
import { emitEnum } from './emit-enum.js';
import { emitMaps } from './emit-map.js';
import { emitStruct } from './emit-struct.js';

const HELPERS = [
	'bytesCodec', 'codec', 'readArray', 'readBytes', 'u16Codec', 'u32Codec', 'u64Codec', 'u8Codec', 'writeArray',
	'writeBytes', 'zero',
]; // prettier-ignore

/** The whole of lib/abi/generated.ts. */
export async function emit(layout: Layout, names: AbiNames): Promise<string> {
	const body = [
		emitHash(layout),
		emitNames(names),
		'/** Names of an enum by value; a newer kernel side may send values that are not among them. */\nexport interface Names {\nreadonly [value: number]: string | undefined;\n}',
		...layout.enums.map(emitEnum),
		...innerFirst(layout.structs).map(emitStruct),
		emitMaps(layout.maps),
	].join('\n\n');
	const used = HELPERS.filter((name) => new RegExp(`\\b${name}\\b`).test(body));
	const head = [
		'/* Generated from the BTF of the compiled programs by `npm run gen`. Do not edit: change bpf/abi.h. */',
		`import { ${used.join(', ')}, type Codec } from './codec.js';`,
	].join('\n\n');
	return format(`${head}\n\n${body}\n`);
}

function emitHash(layout: Layout): string {
	return `/** Of every struct and map; see layout-hash.ts. */\nexport const LAYOUT_HASH = '${hashLayout(layout)}';`;
}

function emitNames(names: AbiNames): string {
	const list = (all: readonly string[]): string =>
		[...all]
			.sort()
			.map((name) => `'${name}',`)
			.join('\n');
	return `/** What bpf/abi.h declares. */\nexport const ABI_NAMES = {\nstructs: [\n${list(names.structs)}\n],\nenums: [\n${list(names.enums)}\n],\n} as const;`;
}

/** A codec that another uses stands before it. */
function innerFirst(structs: readonly StructLayout[]): StructLayout[] {
	const done = new Set<StructLayout>();
	const visit = (struct: StructLayout): void => {
		if (done.has(struct)) return;
		for (const { type } of struct.fields) {
			const inner = structs.find(({ name }) => name === structName(type));
			if (inner) visit(inner);
		}
		done.add(struct);
	};
	structs.forEach(visit);
	return [...done];
}

function structName(type: FieldType): string | undefined {
	if (type.kind === 'array') return structName(type.element);
	return type.kind === 'struct' ? type.name : undefined;
}

async function format(text: string): Promise<string> {
	const options = await prettier.resolveConfig(new URL('../../lib/abi/generated.ts', import.meta.url));
	return prettier.format(text, { ...options, parser: 'typescript' });
}
