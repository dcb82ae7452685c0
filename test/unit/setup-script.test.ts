import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** A machine that has a shell and what we put there. */
let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'heddle-setup-'));
	for (const tool of ['cat', 'sed', 'sh', 'tr']) symlinkSync(`/bin/${tool}`, join(folder, tool));
	command('id', 'echo 0');
});

afterEach(() => rmSync(folder, { recursive: true }));

function command(name: string, body: string): void {
	const path = join(folder, name);
	writeFileSync(path, `#!/bin/sh\n${body}\n`);
	chmodSync(path, 0o755);
}

function setup(...options: string[]): { status: number | null; output: string } {
	const { status, stdout, stderr } = spawnSync('/bin/sh', ['scripts/setup', ...options], {
		env: { PATH: folder },
		encoding: 'utf8',
	});
	return { status, output: stdout + stderr };
}

describe('scripts/setup', () => {
	test('names what is missing and fails, with --check', () => {
		expect(setup('--check', 'build')).toMatchObject({
			status: 1,
			output: expect.stringMatching(/missing: clang-19 llvm-19/),
		});
	});

	test('where there is no apt-get it says so', () => {
		expect(setup('build')).toMatchObject({
			status: 1,
			output: expect.stringContaining('found no apt-get (not Debian or Ubuntu?)'),
		});
	});

	test('where it is not root it says so, and installs nothing', () => {
		command('id', 'echo 1000');
		command('apt-get', `echo "$@" >> ${folder}/log`);
		expect(setup('build')).toMatchObject({
			status: 1,
			output: expect.stringContaining("not root: run 'sudo npm run setup'"),
		});
		expect(() => readFileSync(`${folder}/log`)).toThrow(/ENOENT/);
	});

	test('prints what it installs, takes the newest LLVM to be had, and tells what apt did not bring', () => {
		command('apt-get', `echo "$@" >> ${folder}/log`);
		command('apt-cache', '[ "$2" = clang-17 ]');
		const { status, output } = setup('build');
		expect(output).toMatch(/installing clang-17 llvm-17 .*make/);
		expect(output).toMatch(/still missing after apt-get install: clang-/);
		expect(status).toBe(1);
		expect(readFileSync(`${folder}/log`, 'utf8')).toMatch(/install -q -y --no-install-recommends clang-17 llvm-17/);
	});

	test('does nothing when everything is there', () => {
		for (const tool of ['clang-format-19', 'clang-19']) command(tool, 'exit 1');
		command('apt-get', `echo "$@" >> ${folder}/log`);
		expect(setup('lint')).toEqual({ status: 0, output: 'setup: every package is there: lint\n' });
		expect(() => readFileSync(`${folder}/log`)).toThrow(/ENOENT/);
	});

	test('refuses an argument that it does not know', () => {
		expect(setup('--chek')).toMatchObject({ status: 2, output: expect.stringContaining('unknown argument --chek') });
	});
});
