import { describe, expect, test } from 'vitest';
import {
	HeddleError,
	PolicyError,
	VerifierError,
	describeIssue,
	invalidArgument,
	isHeddleError,
	wrapNative,
	wrapNativeAsync,
	wrapNativeError,
} from '../../lib/errors.js';

describe('HeddleError', () => {
	test('carries code, errno and syscall', () => {
		const error = new HeddleError('ERR_X', 'no', { errno: 1, syscall: 'bpf' });
		expect(error).toMatchObject({ code: 'ERR_X', errno: 1, syscall: 'bpf', message: 'no', name: 'HeddleError' });
		expect(error).toBeInstanceOf(Error);
	});

	test('has no field where the detail is absent', () => {
		expect(Object.keys(new HeddleError('ERR_X', 'no'))).not.toContain('errno');
	});

	test('invalidArgument tells field, found and expected', () => {
		const error = invalidArgument('port', 70_000, '0 to 65535');
		expect(error.message).toBe('port: found 70000, expected 0 to 65535');
		expect(error).toMatchObject({ code: 'ERR_INVALID_ARGUMENT', field: 'port', found: 70_000, expected: '0 to 65535' });
	});

	test('a long string is cut in the message and whole in the field', () => {
		const error = invalidArgument('name', 'x'.repeat(500), 'a short name');
		expect(error.message.length).toBeLessThan(150);
		expect(error.found).toHaveLength(500);
	});
});

describe('PolicyError', () => {
	test('tells the first issue with path and line, and counts the rest', () => {
		const issues = [
			{ path: ['spec', 'ingress', 0, 'icmps'], line: 12, message: 'unsupported field' },
			{ path: ['spec'], message: 'other' },
		];
		expect(new PolicyError(issues).message).toBe('spec.ingress[0].icmps (line 12): unsupported field (and 1 more)');
		expect(new PolicyError(issues).issues).toBe(issues);
	});

	test('an issue of the whole document has no path', () => {
		expect(describeIssue({ path: [], line: 1, message: 'not a mapping' })).toBe('not a mapping (line 1)');
	});
});

describe('wrapNative', () => {
	const native = Object.assign(new Error('map peers is full'), {
		code: 'ERR_MAP_FULL',
		map: 'peers',
		maxEntries: 4,
		errno: 7,
	});

	test('keeps code, message, fields and cause', () => {
		const error = wrapNativeError(native);
		expect(error).toMatchObject({ code: 'ERR_MAP_FULL', message: 'map peers is full', errno: 7, cause: native });
		expect(error.details).toMatchObject({ map: 'peers', maxEntries: 4 });
	});

	test('says what was being done', () => {
		expect(() =>
			wrapNative(() => {
				throw native;
			}, 'adding a peer'),
		).toThrow('adding a peer: map peers is full');
	});

	test('wraps rejections', async () => {
		await expect(wrapNativeAsync(() => Promise.reject(native))).rejects.toBeInstanceOf(HeddleError);
	});

	test('leaves our own errors as they are', () => {
		const own = new HeddleError('ERR_CLOSED', 'closed');
		expect(wrapNativeError(own, 'reading')).toBe(own);
	});

	test('an error without a code of ours is ERR_NATIVE', () => {
		expect(wrapNativeError(Object.assign(new Error('x'), { code: 'ENOENT' })).code).toBe('ERR_NATIVE');
		expect(wrapNativeError('text').code).toBe('ERR_NATIVE');
	});

	test('a verifier failure becomes a VerifierError with its whole log', () => {
		const error = wrapNativeError(
			Object.assign(new Error('x'), {
				code: 'ERR_VERIFIER',
				program: 'from_endpoint',
				summary: 'R1 invalid',
				log: 'a\nb',
			}),
		);
		expect(error).toBeInstanceOf(VerifierError);
		expect(error).toMatchObject({
			program: 'from_endpoint',
			message: 'program from_endpoint: R1 invalid',
			log: ['a', 'b'],
		});
	});
});

test('isHeddleError tells our errors by code', () => {
	expect(isHeddleError(new HeddleError('ERR_A', ''), 'ERR_A')).toBe(true);
	expect(isHeddleError(new HeddleError('ERR_A', ''), 'ERR_B')).toBe(false);
	expect(isHeddleError(new Error(''))).toBe(false);
});
