import { invalidArgument } from '../errors.js';
import type { Test } from './filters/test.js';
import { nanosecondsOf } from './messages/timestamp.js';
import type { EventsRequest } from './messages/requests.js';
import type { HubbleRecord } from './record.js';
import type { Ring } from './ring.js';

/** Which flows a client asked for. */
export interface Selection {
	readonly number: number;
	readonly first: boolean;
	readonly follow: boolean;
	readonly sinceNs: bigint | undefined;
	readonly untilNs: bigint | undefined;
	/** undefined: every flow. */
	readonly matches: Test | undefined;
}

/** @throws ERR_INVALID_ARGUMENT naming the field */
export function selectionOf(request: EventsRequest, matches: Test | undefined): Selection {
	const { number, first, follow, since, until } = request;
	if (first && follow) {
		throw invalidArgument('first', first, 'false with follow: the oldest flows have no end to follow');
	}
	return {
		number,
		first,
		follow,
		sinceNs: since ? nanosecondsOf(since, 'since') : undefined,
		untilNs: until ? nanosecondsOf(until, 'until') : undefined,
		matches,
	};
}

/** Of the history, oldest first. Who follows and asks for no past gets none. */
export function selectPast(history: Ring<HubbleRecord>, selection: Selection): HubbleRecord[] {
	const { number, follow, sinceNs } = selection;
	if (follow && number === 0 && sinceNs === undefined) {
		return [];
	}
	return takePast(history, selection, limitOf(selection));
}

/** How many flows of the past are asked for, and from which end. */
export interface PastLimit {
	readonly limit: number;
	readonly oldest: boolean;
}

export function limitOf({ number, first, follow, sinceNs }: Selection): PastLimit {
	const limited = number > 0 && (!follow || sinceNs === undefined);
	// From a time on clients read forward.
	return { limit: limited ? number : Infinity, oldest: first || (sinceNs !== undefined && !follow) };
}

export function takePast(
	history: Ring<HubbleRecord>,
	selection: Selection,
	{ limit, oldest }: PastLimit,
): HubbleRecord[] {
	const taken: HubbleRecord[] = [];
	let flows = 0;
	for (let i = 0; i < history.length && flows < limit; i++) {
		const record = history.at(oldest ? i : history.length - 1 - i)!;
		if (isWanted(record, selection)) {
			taken.push(record);
			flows += record.kind === 'flow' ? 1 : 0;
		}
	}
	return oldest ? taken : taken.reverse();
}

/** Losses are told to everyone: what was lost nobody can filter. */
export function isWanted(record: HubbleRecord, { sinceNs, untilNs, matches }: Selection): boolean {
	const { timeNs } = record;
	if ((sinceNs !== undefined && timeNs < sinceNs) || (untilNs !== undefined && timeNs > untilNs)) {
		return false;
	}
	return record.kind === 'lost' || matches === undefined || matches(record.message);
}
