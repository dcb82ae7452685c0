import type { ClassAllocator } from './class-allocator.js';
import type { Direction } from './row.js';
import {
	ACTION_ALLOW,
	ACTION_DENY,
	LEVEL_EVERY_PROTOCOL,
	packMatch,
	packVerdict,
	unpackMatch,
	type RuleClass,
} from './rule-class.js';

/**
 * The rules of `known` with the set's default written out as a rule. What it says does not depend on the set's flags,
 * so a peer can be given its new verdicts before or after the flags change.
 */
export function totalClass(
	known: RuleClass | undefined,
	direction: Direction,
	defaultDeny: boolean,
	classes: ClassAllocator,
): RuleClass {
	const words = known?.words ?? new Uint32Array();
	if (known !== undefined && unpackMatch(words[0]!).level === LEVEL_EVERY_PROTOCOL) {
		return known;
	}
	const action = defaultDeny ? ACTION_DENY : ACTION_ALLOW;
	const floor = [packMatch(LEVEL_EVERY_PROTOCOL, 0, 0), packVerdict(action, false, 0), 0];
	const total = Uint32Array.from([...floor, ...words]);
	return classes.intern(direction, total, total.length);
}
