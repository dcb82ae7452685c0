import type { FieldType, MapLayout } from '../../lib/abi/layout.js';
import { camel, property } from './names.js';

/** Numbers of enum bpf_map_type that we use. */
const typeNames = new Map([
	[1, 'hash'],
	[2, 'array'],
	[5, 'percpu_hash'],
	[6, 'percpu_array'],
	[9, 'lru_hash'],
	[10, 'lru_percpu_hash'],
	[11, 'lpm_trie'],
	[12, 'array_of_maps'],
	[13, 'hash_of_maps'],
	[27, 'ringbuf'],
]);

export function emitMaps(maps: readonly MapLayout[]): string {
	const head = '/** Every map of the object, by its name in C. Sizes are those compiled in. */';
	return `${head}\nexport const maps = {\n${maps.map(emitMap).join('\n')}\n} as const;\n\nexport type MapName = keyof typeof maps;`;
}

function emitMap(map: MapLayout): string {
	return [
		`${property(map.name)}: {`,
		`name: '${map.name}',`,
		`type: ${map.type},`,
		`typeName: '${typeNames.get(map.type) ?? String(map.type)}',`,
		`key: ${codecOf(map.key, map.keySize)},`,
		`value: ${codecOf(map.value, map.valueSize)},`,
		`maxEntries: ${map.maxEntries},`,
		`flags: 0x${map.flags.toString(16)},`,
		'},',
	].join('\n');
}

function codecOf(type: FieldType | undefined, size: number): string {
	if (type?.kind === 'struct') return `${camel(type.name)}Codec`;
	if (type?.kind === 'int' && !type.networkOrder && !type.signed) return `u${type.size * 8}Codec`;
	return size === 0 ? 'undefined' : `bytesCodec(${size})`;
}
