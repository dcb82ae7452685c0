import { HeddleError } from '../../errors.js';
import { selectionPredicate, type FlowMatch } from '../../flows/match/match.js';
import { usageError, type Options } from '../options.js';
import { FILTER_OPTIONS } from './filter-options.js';
import { parseMoment } from './moment.js';

/** What `/v1/flows` is asked. */
export interface FlowsQuery {
	readonly allow: FlowMatch;
	readonly deny: FlowMatch;
	readonly first?: number;
	readonly last?: number;
	readonly since?: string;
	readonly until?: string;
	readonly follow: boolean;
}

/** As Hubble has it, where nothing else says how many. */
const DEFAULT_LAST = 20;
const MOST = 1 << 24;

/** @throws ERR_USAGE naming the flag, what was found and what is expected */
export function flowsQuery(options: Options): FlowsQuery {
	const selection = selectionOf(options);
	const follow = options.has('follow');
	const first = countOf(options, 'first', 1);
	const last = countOf(options, 'last', 0);
	const [since, until] = ['since', 'until'].map((flag) => momentOf(options, flag));
	refuseTogether(options, 'first', 'last');
	refuseTogether(options, 'first', 'follow');
	refuseTogether(options, 'until', 'follow');
	const isBound = first !== undefined || since !== undefined || until !== undefined || follow;
	const newest = last ?? (isBound ? undefined : DEFAULT_LAST);
	return {
		...selection,
		...(first === undefined ? {} : { first }),
		...(newest === undefined ? {} : { last: newest }),
		...(since === undefined ? {} : { since }),
		...(until === undefined ? {} : { until }),
		follow,
	};
}

/** Flags in the order in which they were given: `--not` is of the one after it. */
function selectionOf({ given }: Options): { allow: FlowMatch; deny: FlowMatch } {
	const selection: Record<'allow' | 'deny', Record<string, string[]>> = { allow: {}, deny: {} };
	let negated = false;
	for (const { name, value } of given) {
		if (name === 'not') {
			refuseNot(negated, '--not');
			negated = true;
		} else if (Object.hasOwn(FILTER_OPTIONS, name)) {
			const match = selection[negated ? 'deny' : 'allow'];
			(match[name] ??= []).push(value);
			negated = false;
		}
	}
	refuseNot(negated, 'nothing');
	checkSelection(selection);
	return selection;
}

function refuseNot(negated: boolean, found: string): void {
	if (negated) {
		throw usageError(`--not: found ${found} after it, expected a filter such as --verdict DROPPED`);
	}
}

function checkSelection(selection: { allow: FlowMatch; deny: FlowMatch }): void {
	try {
		selectionPredicate(selection);
	} catch (error) {
		throw error instanceof HeddleError ? new HeddleError('ERR_USAGE', `--${error.message}`, error.details) : error;
	}
}

function countOf(options: Options, flag: string, least: number): number | undefined {
	const text = options.get(flag);
	if (text === undefined) {
		return undefined;
	}
	const count = /^\d{1,9}$/.test(text) ? Number(text) : -1;
	if (count < least || count > MOST) {
		throw usageError(`--${flag}: found ${JSON.stringify(text)}, expected a number from ${least} to ${MOST}`);
	}
	return count;
}

function momentOf(options: Options, flag: string): string | undefined {
	const text = options.get(flag);
	return text === undefined ? undefined : parseMoment(flag, text);
}

function refuseTogether(options: Options, one: string, other: string): void {
	if (options.has(one) && options.has(other)) {
		throw usageError(`--${one}: found it beside --${other}, expected one of them`);
	}
}
