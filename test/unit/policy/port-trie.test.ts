import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coverPorts, NOTHING } from '../../../lib/policy/port-trie.js';
import './seed.js';

const CELLS = 16;
const CELL = 65536 / CELLS;

/** The least number of prefixes by trying every choice at every node. */
function least(cells: readonly number[], inherited: number): number {
	const uniform = cells.every((verdict) => verdict === cells[0]);
	if (uniform && cells[0] === inherited) {
		return 0;
	}
	if (uniform) {
		return cells[0] === NOTHING ? Infinity : 1;
	}
	const middle = cells.length / 2;
	const halves = (background: number) =>
		least(cells.slice(0, middle), background) + least(cells.slice(middle), background);
	return Math.min(halves(inherited), ...[...new Set(cells)].filter((v) => v !== NOTHING).map((v) => 1 + halves(v)));
}

test('the prefixes say what the map says, and no choice of prefixes is shorter', () => {
	const cells = fc.array(fc.constantFrom(NOTHING, 0, 1, 2), { minLength: CELLS, maxLength: CELLS });
	const whole = fc.array(fc.constantFrom(0, 1, 2), { minLength: CELLS, maxLength: CELLS });
	const cases = fc.oneof(
		cells.map((verdicts) => ({ verdicts, inherited: NOTHING })),
		whole.map((verdicts) => ({ verdicts, inherited: 0 })),
	);
	fc.assert(
		fc.property(cases, ({ verdicts, inherited }) => {
			const starts = verdicts.map((_, i) => i * CELL).filter((_, i) => i === 0 || verdicts[i] !== verdicts[i - 1]);
			const map = { starts, verdicts: starts.map((start) => verdicts[start / CELL]!) };
			const prefixes: { level: number; port: number; verdict: number }[] = [];
			coverPorts(map, inherited, (level, port, verdict) => prefixes.push({ level, port, verdict }));
			const answer = (port: number) =>
				prefixes
					.filter((prefix) => port >> (24 - prefix.level) === prefix.port >> (24 - prefix.level))
					.reduce((best, prefix) => (prefix.level > best.level ? prefix : best), { level: 0, verdict: inherited })
					.verdict;
			expect(verdicts.map((_, i) => answer(i * CELL + 1))).toEqual(verdicts);
			expect(prefixes).toHaveLength(least(verdicts, inherited));
		}),
		{ numRuns: 500 },
	);
});
