import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { objectLayoutHash, requireLayout } from '../../../lib/abi/check-object.js';
import { dropReasonText } from '../../../lib/abi/drop-reason-text.js';
import { ABI_NAMES, DropReason, LAYOUT_HASH, dropReasonNames, maps } from '../../../lib/abi/generated.js';
import { describeLayout } from '../../../lib/abi/layout-hash.js';
import { readLayout } from '../../../lib/abi/read-layout.js';
import { headerNames } from '../../../scripts/abi/header-names.js';

const OBJECT = 'native/build/heddle.bpf.o';
const built = existsSync(OBJECT);

describe('generated.ts', () => {
	test('names what bpf/abi.h declares', () => {
		expect(ABI_NAMES).toEqual(headerNames(readFileSync('bpf/abi.h', 'utf8')));
	});

	test.skipIf(!built)('belongs to the object that was built (skipped before a build)', () => {
		expect(objectLayoutHash(readFileSync(OBJECT))).toBe(LAYOUT_HASH);
	});

	test.skipIf(!built)('agrees with the golden listing test/golden/abi.txt (npm run gen writes it)', () => {
		const layout = readLayout(readFileSync(OBJECT), ABI_NAMES);
		expect(`${describeLayout(layout)}\n`).toBe(readFileSync('test/golden/abi.txt', 'utf8'));
	});

	test('a map knows its codecs by name', () => {
		expect(maps.peers.key.name).toBe('peer_key');
		expect(maps.endpoints.key.name).toBe('u32');
		expect(maps.events.key).toBeUndefined();
	});
});

describe('drop reasons', () => {
	test('each has a name and a text, and no two the same text', () => {
		for (const reason of Object.values(DropReason)) {
			expect(dropReasonNames[reason]).toMatch(/^[A-Z0-9_]+$/);
			expect(dropReasonText[reason]).toMatch(/^[A-Z]/);
		}
		expect(new Set(Object.values(dropReasonText)).size).toBe(Object.values(DropReason).length);
	});

	test('133 is Policy denied, as everywhere in this field', () => {
		expect(DropReason.PolicyDenied).toBe(133);
		expect(dropReasonText[133]).toBe('Policy denied');
		expect(dropReasonNames[133]).toBe('POLICY_DENIED');
	});
});

describe('requireLayout', () => {
	test('lets our own layout pass', () => {
		expect(() => requireLayout(LAYOUT_HASH, 'the pins')).not.toThrow();
	});

	test('refuses another one with ERR_LAYOUT_MISMATCH', () => {
		expect(() => requireLayout('0123', 'the pins')).toThrow(
			expect.objectContaining({ code: 'ERR_LAYOUT_MISMATCH', found: '0123', expected: LAYOUT_HASH }),
		);
	});
});
