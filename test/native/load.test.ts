import { spawnSync } from 'node:child_process';

import { describe, expect, it } from 'vitest';

import { load, missingPrivilege } from '../../lib/native/addon.js';
import type { BpfMap, BpfProgram } from '../../lib/native/addon.js';
import { child } from './support/child.js';
import { failureOf, loadFixture, objectFile, rejectionOf, u32 } from './support/fixture.js';

describe('loading', () => {
	it('keeps the whole verifier log, and one line of it in the message', async () => {
		const error = await rejectionOf(load(objectFile('rejected')));
		expect(error).toMatchObject({ code: 'ERR_VERIFIER', program: 'reads_past_end', syscall: 'bpf(BPF_PROG_LOAD)' });
		expect(error['log']).toMatch(/R1 (offset|min value) is outside of the/);
		expect(error.message).toMatch(
			/^program reads_past_end was rejected: .*outside of the (packet|allowed memory range) at instruction 1: .*data\[20\].*\)$/,
		);
		expect(error.message).not.toContain('\n');
	});

	it('refuses bytes that are no BPF object', async () => {
		expect(await rejectionOf(load(new Uint8Array(100)))).toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
		expect(await rejectionOf(load(objectFile('fixture').slice(0, 700)))).toMatchObject({
			code: 'ERR_INVALID_ARGUMENT',
		});
		expect(failureOf(() => void load('x' as unknown as Uint8Array)).code).toBe('ERR_INVALID_ARGUMENT');
	});

	it('sizes maps and fills .rodata as told', async () => {
		const object = await load(objectFile('fixture'), { maxEntries: { table: 77 }, rodata: u32(99) });
		expect((object.maps['table'] as BpfMap).info.maxEntries).toBe(77);
		const rodata = (object.maps['.rodata'] as BpfMap).dump();
		expect(rodata.values).toEqual(u32(99));
		object.close();
		expect(await rejectionOf(load(objectFile('fixture'), { maxEntries: { none: 1 } }))).toMatchObject({
			code: 'ERR_INVALID_ARGUMENT',
		});
		expect((await rejectionOf(load(objectFile('fixture'), { rodata: u32(1, 2) }))).message).toBe(
			'rodata: expected 4 bytes, found 8',
		);
	});

	it('loads only the programs named', async () => {
		const object = await load(objectFile('fixture'), { programs: ['second'] });
		expect(Object.keys(object.programs)).toEqual(['second']);
		object.close();
		expect((await rejectionOf(load(objectFile('fixture'), { programs: ['third'] }))).message).toContain('"third"');
	});

	it('reuses maps of the same layout, and refuses others by name', async () => {
		const one = await loadFixture();
		(one.maps['small'] as BpfMap).update(u32(1), u32(5));
		const two = await load(objectFile('fixture'), { reuse: { small: one.maps['small'] as BpfMap } });
		expect((two.maps['small'] as BpfMap).info.id).toBe((one.maps['small'] as BpfMap).info.id);
		two.close();
		const error = await rejectionOf(load(objectFile('fixture'), { reuse: { small: one.maps['table'] as BpfMap } }));
		expect(error).toMatchObject({ code: 'ERR_LAYOUT_MISMATCH', map: 'small' });
		one.close();
	});

	it('says in one line what an unprivileged process lacks', () => {
		expect(missingPrivilege()).toBeUndefined();
		const run = spawnSync(process.execPath, [child, 'unprivileged'], { encoding: 'utf8' });
		expect(JSON.parse(run.stdout)).toEqual({
			code: 'ERR_PERMISSION',
			message: 'missing CAP_BPF and CAP_NET_ADMIN (not root: run as root or grant it)',
		});
	});
});

describe('a test run', () => {
	it('returns the verdict and the time, in this thread and off it', async () => {
		const object = await loadFixture();
		const first = object.programs['first'] as BpfProgram;
		const run = first.testRun({ data: new Uint8Array(64).fill(7), repeat: 100 });
		expect(run.retval).toBe(0xffffffff);
		expect(run.data).toEqual(new Uint8Array(64).fill(7));
		expect(await first.testRunAsync({ data: new Uint8Array(64) })).toMatchObject({ retval: 0xffffffff });
		expect(failureOf(() => first.testRun({ data: new Uint8Array(3) })).code).toBe('ERR_INVALID_ARGUMENT');
		expect(failureOf(() => first.testRun({ data: new Uint8Array(64), ifindex: 0x7ffffff0 })).code).toBe(
			'ERR_NO_INTERFACE',
		);
		expect(first.name).toBe('first');
		object.close();
	});

	it('writes the context of a syscall program back', async () => {
		const object = await loadFixture();
		const context = u32(3, 0, 0, 0);
		expect(await (object.programs['produce'] as BpfProgram).testRunAsync({ context })).toMatchObject({ retval: 0 });
		expect(context).toEqual(u32(3, 3, 0, 0));
		object.close();
	});
});
