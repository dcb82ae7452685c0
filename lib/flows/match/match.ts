import { invalidArgument } from '../../errors.js';
import type { FlowPredicate } from '../filter.js';
import type { Flow } from '../flow.js';
import { destinationOf, END_TESTS, sourceOf, type EndTest, type SeenEnd } from './one-end.js';
import { FLOW_TESTS } from './whole-flow.js';

/** Values by flag of `hubble observe`, without its dashes: of one flag any may match, of several flags all must. */
export type FlowMatch = Readonly<Record<string, readonly string[]>>;

/** The flows of `allow` that are none of `deny`. */
export interface FlowSelection {
	readonly allow?: FlowMatch;
	readonly deny?: FlowMatch;
}

/** One of a flow's ends, and the other. */
type Sided = (flow: Flow, one: SeenEnd) => boolean;

const SIDES: Readonly<Record<string, (flow: Flow, one: SeenEnd) => SeenEnd>> = {
	'': (_, one) => one,
	'from-': sourceOf,
	'to-': destinationOf,
};

export const MATCH_FLAGS: readonly string[] = [
	...Object.keys(END_TESTS).flatMap((name) => Object.keys(SIDES).map((side) => `${side}${name}`)),
	...Object.keys(FLOW_TESTS),
];

/** @throws ERR_INVALID_ARGUMENT naming the flag, what was found and what is expected */
export function selectionPredicate({ allow = {}, deny = {} }: FlowSelection): FlowPredicate {
	const allowed = matchPredicate(allow);
	if (Object.keys(deny).length === 0) {
		return allowed;
	}
	const denied = matchPredicate(deny);
	return (flow) => allowed(flow) && !denied(flow);
}

/** Plain flags of ends look at the same end, as in Hubble: `--pod a --port 80` is port 80 of that pod. */
function matchPredicate(match: FlowMatch): FlowPredicate {
	const tests = Object.entries(match).map(([flag, values]) => readFlag(flag, values));
	const all = (flow: Flow, one: SeenEnd) => tests.every((test) => test(flow, one));
	return (flow) => all(flow, sourceOf(flow)) || all(flow, destinationOf(flow));
}

function readFlag(flag: string, values: readonly string[]): Sided {
	const whole = Object.hasOwn(FLOW_TESTS, flag) ? FLOW_TESTS[flag as keyof typeof FLOW_TESTS] : undefined;
	if (whole !== undefined) {
		const tests = values.map((value) => whole(value, flag));
		return (flow) => tests.some((test) => test(flow));
	}
	const [, side = '', name = ''] = /^(from-|to-|)(.*)$/.exec(flag) ?? [];
	const reader = Object.hasOwn(END_TESTS, name) ? END_TESTS[name as keyof typeof END_TESTS] : undefined;
	if (reader === undefined) {
		throw invalidArgument('filter', flag, `one of ${MATCH_FLAGS.join(', ')}`);
	}
	const tests: EndTest[] = values.map((value) => reader(value, flag));
	const seen = SIDES[side]!;
	return (flow, one) => tests.some((test) => test(seen(flow, one)));
}
