import type { EnumLayout } from '../../lib/abi/layout.js';
import { camel, commonPrefix, pascal } from './names.js';

/** Const object, union type, and names by value. */
export function emitEnum({ name, values }: EnumLayout): string {
	const prefix = values.length > 1 ? commonPrefix(values.map((value) => value.name)) : `${name.toUpperCase()}_`;
	const short = values.map((value) => ({ value: value.value, name: value.name.replace(prefix, '') }));
	const type = pascal(name);
	return [
		`/** enum ${name} (${prefix}*). */`,
		`export const ${type} = {\n${short.map((one) => `${pascal(one.name)}: ${one.value},`).join('\n')}\n} as const;`,
		`export type ${type} = (typeof ${type})[keyof typeof ${type}];`,
		`/** By value: names as in C, without ${prefix}. */`,
		`export const ${camel(name)}Names: Names = {\n${short.map((one) => `${one.value}: '${one.name}',`).join('\n')}\n};`,
	].join('\n');
}
