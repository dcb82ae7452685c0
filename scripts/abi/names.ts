/** C names to TypeScript names. */

/** `flow4_key` → `Flow4Key`, `.data.epoch` → `DataEpoch`. */
export function pascal(name: string): string {
	return words(name)
		.map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
		.join('');
}

/** `low_address` → `lowAddress` */
export function camel(name: string): string {
	const joined = pascal(name);
	return joined.charAt(0).toLowerCase() + joined.slice(1);
}

function words(name: string): string[] {
	return name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
}

/** What all names begin with, up to an underscore: `DROP_`. */
export function commonPrefix(names: readonly string[]): string {
	let prefix = names[0] ?? '';
	for (const name of names) while (!name.startsWith(prefix)) prefix = prefix.slice(0, -1);
	return prefix.slice(0, prefix.lastIndexOf('_') + 1);
}

/** A property name, quoted where it must be. */
export function property(name: string): string {
	return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
