/** The command line as a process of its own: exit codes, pipes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { WALKTHROUGH } from './support/cli.js';

function start(...args: readonly string[]) {
	return spawn(process.execPath, ['--import', 'tsx', 'lib/cli/main.ts', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
}

describe('the process', () => {
	test('ends with the exit code of the command', async () => {
		const child = start(
			'policy',
			'explain',
			'-f',
			WALKTHROUGH,
			'--from',
			'client',
			'--to',
			'server-default',
			'--port',
			'1',
			'--exit-code',
		);
		expect(await once(child, 'close')).toEqual([1, null]);
	}, 60_000);

	test('ends quietly where its reader has seen enough', async () => {
		const child = start('policy', 'validate', '-f', '-', '-o', 'json');
		let err = '';
		child.stderr.on('data', (data) => (err += String(data)));
		child.stdout.destroy();
		child.stdin.on('error', () => undefined);
		// More than a pipe holds.
		for (let i = 0; i < 2000; i++) {
			child.stdin.write(
				`---\napiVersion: v1\nkind: Pod\nmetadata: { name: pod-${i}, labels: { app: long-name-of-an-app } }\n`,
			);
		}
		child.stdin.end();
		const [code] = (await once(child, 'close')) as [number];
		expect({ code, err }).toEqual({ code: 0, err: '' });
	}, 60_000);
});
