import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { API_DECLARATIONS, API_GOLDEN, apiListing } from '../../scripts/api-listing.js';

const built = existsSync(API_DECLARATIONS);

test.skipIf(!built)(
	`the public API is that of ${API_GOLDEN} (npm run api:update writes it; skipped before a build)`,
	() => {
		expect(apiListing(readFileSync(API_DECLARATIONS, 'utf8'))).toBe(readFileSync(API_GOLDEN, 'utf8'));
	},
);

test('the listing tells neither comments nor order', () => {
	const one = apiListing('/** a */ declare const a: 1; declare const b: 2; export { b, a };');
	expect(apiListing('declare const b: 2; /* x */ declare const a: 1; export { a, b };')).toBe(one);
	expect(one).toBe('declare const a: 1;\ndeclare const b: 2;\nexports:\n  a\n  b\n');
});
