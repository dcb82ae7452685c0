import type { Io } from './io.js';
import { nameOption, type Options, type OptionSpecs } from './options.js';

/** One verb of the command line. */
export interface Command {
	/** What its name comes after; absent: nothing. */
	readonly group?: 'policy' | 'cni' | 'endpoint' | 'identity' | 'network' | 'ip' | 'bpf';
	readonly name: string;
	/** One line. */
	readonly summary: string;
	/** What comes after the name. */
	readonly usage: string;
	/** More than the summary: what it tells, and by which exit codes. */
	readonly description: string;
	readonly options: OptionSpecs;
	/** @returns the exit code */
	run(options: Options, io: Io): Promise<number>;
}

export const HELP_OPTION = { help: { short: 'h', help: 'tells this' } } as const satisfies OptionSpecs;

/** `policy validate` */
export function wordsOf({ group, name }: Command): string {
	return group === undefined ? name : `${group} ${name}`;
}

export function helpOf(command: Command): string {
	const options = Object.entries({ ...command.options, ...HELP_OPTION });
	const width = Math.max(...options.map((option) => nameOption(option).length));
	const lines = options.map((option) => `  ${nameOption(option).padEnd(width)}  ${option[1].help}`);
	return [
		`heddle ${wordsOf(command)}: ${command.summary}`,
		'',
		`  heddle ${wordsOf(command)} ${command.usage}`,
		'',
		command.description,
		'',
		...lines,
		'',
	].join('\n');
}
