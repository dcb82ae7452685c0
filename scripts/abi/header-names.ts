import type { AbiNames } from '../../lib/abi/read-layout.js';

/** Names of the structs and enums that bpf/abi.h declares; BTF does not tell which file a type is from. */
export function headerNames(header: string): AbiNames {
	return { structs: declared(header, 'struct'), enums: declared(header, 'enum') };
}

function declared(header: string, keyword: string): string[] {
	const names = [...header.matchAll(new RegExp(`^${keyword} (\\w+) \\{`, 'gm'))].map((match) => match[1] ?? '');
	return [...new Set(names)].sort();
}
