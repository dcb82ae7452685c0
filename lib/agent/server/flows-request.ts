import { list, object, optional, record, type Check } from '../../documents/check.js';
import { boolean, integer, oneOf, string } from '../../documents/scalars.js';
import { HeddleError } from '../../errors.js';
import { MATCH_FLAGS, selectionPredicate, type FlowMatch } from '../../flows/match/match.js';
import type { FlowPredicate } from '../../flows/filter.js';
import type { FlowQuery } from '../../history/query.js';
import { readRequest } from './requests.js';

const MOST = 1 << 24;

const match: Check<FlowMatch> = record(oneOf(...MATCH_FLAGS), list(string()));

const flowsRequest = object({
	allow: optional(match),
	deny: optional(match),
	first: optional(integer(1, MOST)),
	last: optional(integer(0, MOST)),
	since: optional(string()),
	until: optional(string()),
	follow: optional(boolean),
});

/** What is asked of the history, and whether to go on with what comes. */
export interface FlowsRequest {
	readonly filter: FlowPredicate;
	/** Of the oldest; instead of `last`. */
	readonly first?: number;
	/** Of the newest; 0: none of the history. */
	readonly last: number;
	readonly follow: boolean;
	/** The same of a history on disk; undefined: none of the past is asked for. */
	readonly query: FlowQuery | undefined;
}

/** @throws ERR_DECODE, PolicyError with every issue, ERR_INVALID_ARGUMENT naming the flag */
export function readFlowsRequest(body: string): FlowsRequest {
	const { allow, deny, first, last, since, until, follow = false } = readRequest(flowsRequest, body);
	if (first !== undefined && (last !== undefined || follow)) {
		throw conflict('first', last === undefined ? 'follow' : 'last');
	}
	if (until !== undefined && follow) {
		throw conflict('until', 'follow');
	}
	const selected = selectionPredicate({ ...(allow && { allow }), ...(deny && { deny }) });
	const [from, to] = [instant('since', since), instant('until', until)];
	const within = between(from, to);
	const unbounded = first !== undefined || from !== undefined || to !== undefined;
	const newest = last ?? (unbounded || !follow ? MOST : 0);
	const time = {
		...(from === undefined ? {} : { since: new Date(from) }),
		...(to === undefined ? {} : { until: new Date(to) }),
	};
	return {
		filter: (flow) => within(flow.time.getTime()) && selected(flow),
		...(first === undefined ? {} : { first }),
		last: newest,
		follow,
		query:
			newest === 0
				? undefined
				: {
						...time,
						filter: selected,
						...(first !== undefined ? { first } : last === undefined ? {} : { last }),
					},
	};
}

function conflict(field: string, other: string): HeddleError {
	return new HeddleError('ERR_INVALID_ARGUMENT', `${field}: found it beside ${other}, expected one of them`, {
		field,
		expected: `without ${other}`,
	});
}

function between(from: number | undefined, to: number | undefined): (time: number) => boolean {
	return (time) => (from === undefined || time >= from) && (to === undefined || time <= to);
}

function instant(field: string, text: string | undefined): number | undefined {
	const time = text === undefined ? undefined : Date.parse(text);
	if (time !== undefined && Number.isNaN(time)) {
		throw new HeddleError('ERR_INVALID_ARGUMENT', `${field}: found ${JSON.stringify(text)}, expected a time`, {
			field,
			found: text,
			expected: "a time such as '2026-01-02T03:04:05Z'",
		});
	}
	return time;
}
