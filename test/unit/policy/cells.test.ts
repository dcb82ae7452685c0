import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellsOf, ranked } from '../../../lib/policy/cells.js';
import { LAST_PORT } from '../../../lib/policy/row.js';
import { anyRow } from './arbitrary.js';

test('the cells cover every port once, each with the rows that speak of it, in the order in which they are asked', () => {
	fc.assert(
		fc.property(fc.array(anyRow, { maxLength: 20 }), (rows) => {
			const cells = cellsOf(rows);
			const starts = cells.map(({ start }) => start);
			expect(starts[0]).toBe(0);
			expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
			cells.forEach((cell, i) => {
				const last = (starts[i + 1] ?? LAST_PORT + 1) - 1;
				for (const port of [cell.start, last]) {
					const speaking = rows.filter((row) => row.port <= port && port <= row.endPort);
					expect(cell.rows).toEqual(ranked(speaking));
				}
			});
		}),
	);
});
