import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const LIB = resolve(import.meta.dirname, '../../../lib');

/** Files whose code runs when a file is imported; types are not code. */
function codeOf(file: string, seen = new Set<string>()): ReadonlySet<string> {
	if (!seen.has(file)) {
		seen.add(file);
		const text = readFileSync(join(LIB, file), 'utf8');
		for (const [, names = '', from = ''] of text.matchAll(/^import ([^;]*?) from '(\.[^']+)';/gms)) {
			const onlyTypes = names.startsWith('type ') || /^\{(\s*type \w+,?)+\s*\}$/.test(names);
			if (!onlyTypes) {
				codeOf(relative(LIB, resolve(LIB, dirname(file), from)).replace(/\.js$/, '.ts'), seen);
			}
		}
	}
	return seen;
}

describe('the evaluator', () => {
	it('shares no code with the compiler, nor with the reading of selectors', () => {
		const code = [...codeOf('proof/evaluator.ts')];
		expect(code).toContain('proof/cilium-reading.ts');
		expect(code).toContain('addresses/prefix.ts');
		expect(code.filter((file) => /^(rules|policy|kernel|datapath|native|explain)\//.test(file))).toEqual([]);
		expect(code).not.toContain('labels/selector.ts');
	});
});
