import { parseArgs } from 'node:util';
import { describeValue, HeddleError } from '../errors.js';

/** One option of a command. */
export interface OptionSpec {
	readonly short?: string;
	/** What its value is called; absent: it has none. */
	readonly value?: string;
	/** May be given more than once. */
	readonly multiple?: boolean;
	/** The only values there are. */
	readonly choices?: readonly string[];
	readonly help: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** What was given, checked against the specs. */
export interface Options {
	readonly positionals: readonly string[];
	/** As they were written, one after the other; the value of those without one is empty. */
	readonly given: readonly GivenOption[];
	has(name: string): boolean;
	/** The last, where it was given more than once. */
	get(name: string): string | undefined;
	all(name: string): readonly string[];
}

export interface GivenOption {
	readonly name: string;
	readonly value: string;
}

/** The caller said something that means nothing: exit code 2. */
export function usageError(message: string): HeddleError {
	return new HeddleError('ERR_USAGE', message);
}

/** @throws ERR_USAGE naming what was found and what is expected */
export function readOptions(args: readonly string[], specs: OptionSpecs): Options {
	const { tokens } = parseArgs({ args: [...args], options: configOf(specs), strict: false, tokens: true });
	const values = new Map<string, string[]>();
	const positionals: string[] = [];
	const given: GivenOption[] = [];
	for (const token of tokens) {
		if (token.kind === 'positional') {
			positionals.push(token.value);
		} else if (token.kind === 'option') {
			const { name, rawName } = token;
			const value = checkOption(specs, name, rawName, token.value);
			values.set(name, [...(values.get(name) ?? []), value]);
			given.push({ name, value });
		}
	}
	for (const [name, all] of values) {
		if (all.length > 1 && specs[name]!.value !== undefined && specs[name]!.multiple !== true) {
			throw usageError(`--${name}: found it ${all.length} times, expected once`);
		}
	}
	return {
		positionals,
		given,
		has: (name) => values.has(name),
		get: (name) => values.get(name)?.at(-1),
		all: (name) => values.get(name) ?? [],
	};
}

function configOf(specs: OptionSpecs) {
	const entries = Object.entries(specs).map(([name, { short, value }]) => [
		name,
		{
			type: value === undefined ? ('boolean' as const) : ('string' as const),
			...(short === undefined ? {} : { short }),
			multiple: true,
		},
	]);
	return Object.fromEntries(entries) as Record<
		string,
		{ type: 'string' | 'boolean'; short?: string; multiple: boolean }
	>;
}

function checkOption(specs: OptionSpecs, name: string, rawName: string, value: string | undefined): string {
	const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
	if (spec === undefined) {
		throw usageError(`found option ${rawName}, expected one of ${Object.entries(specs).map(nameOption).join(', ')}`);
	}
	if (spec.value === undefined) {
		if (value !== undefined) {
			throw usageError(`${rawName}: found value ${describeValue(value)}, expected none`);
		}
		return '';
	}
	// Without `=`, what looks like the next option is one.
	if (value === undefined || value === '') {
		throw usageError(`${rawName}: found no value, expected ${spec.value}`);
	}
	if (spec.choices?.includes(value) === false) {
		throw usageError(`${rawName}: found ${describeValue(value)}, expected ${spec.choices.join(', ')}`);
	}
	return value;
}

/** `-f, --filename FILE|DIR|-` */
export function nameOption([name, { short, value }]: readonly [string, OptionSpec]): string {
	const names = short === undefined ? `--${name}` : `-${short}, --${name}`;
	return value === undefined ? names : `${names} ${value}`;
}
