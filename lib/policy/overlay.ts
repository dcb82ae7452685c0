import { compileRows } from './compile.js';
import type { ClassAllocator } from './class-allocator.js';
import { rangesOf, rowsOf } from './class-rows.js';
import type { Direction, RuleRow } from './row.js';
import type { RuleClass } from './rule-class.js';

/** A class that says what `upper` says, and where that says nothing, what `lower` says. */
export function overlay(
	upper: RuleClass | undefined,
	lower: RuleClass | undefined,
	direction: Direction,
	classes: ClassAllocator,
): RuleClass | undefined {
	if (upper === undefined || lower === undefined || upper === lower) {
		return upper ?? lower;
	}
	const side = { peer: 'any', direction } as const;
	const rows: RuleRow[] = [...rowsOf(rangesOf(lower), side, 0), ...rowsOf(rangesOf(upper), side, 2)];
	return compileRows(rows, direction, classes);
}
