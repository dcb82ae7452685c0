import { HeddleError } from '../../errors.js';
import { usageError, type Options } from '../options.js';

/** @throws ERR_USAGE */
export function noMore({ positionals }: Options): void {
	if (positionals.length > 0) {
		throw usageError(`found ${positionals[0]}, expected options alone`);
	}
}

/** @throws ERR_USAGE */
export function onePositional({ positionals }: Options, what: string): string {
	if (positionals.length !== 1) {
		throw usageError(`found ${positionals.length === 0 ? 'nothing' : positionals.join(' ')}, expected ${what}`);
	}
	return positionals[0]!;
}

/** By any of its names. @throws ERR_NOT_FOUND */
export function findOne<T>(what: string, wanted: string, all: readonly T[], names: (one: T) => readonly string[]): T {
	const found = all.find((one) => names(one).includes(wanted));
	if (found === undefined) {
		const some = all.slice(0, 5).map((one) => names(one).at(-1));
		throw new HeddleError(
			'ERR_NOT_FOUND',
			`${what}: found no ${JSON.stringify(wanted)}, expected one of ${all.length}${some.length === 0 ? '' : `, such as ${some.join(', ')}`}`,
			{ field: what, found: wanted },
		);
	}
	return found;
}

/** As in `heddle bpf flows list`. @throws ERR_USAGE */
export function theWord(options: Options, word: string): void {
	const found = onePositional(options, word);
	if (found !== word) {
		throw usageError(`found ${JSON.stringify(found)}, expected ${word}`);
	}
}
