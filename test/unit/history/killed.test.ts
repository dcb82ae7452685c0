import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openFlowHistory } from '../../../lib/history/open.js';
import { found, numbered, range, withFolder } from './support.js';

const CHILD = fileURLToPath(new URL('./killed-child.ts', import.meta.url));

/** Kills it once so many flows are on disk; how many those were at least. */
async function writeAndKill(path: string, atLeast: number): Promise<number> {
	const child = fork(CHILD, [path], { execArgv: ['--import', 'tsx'] });
	let stored = 0;
	child.on('message', (message: { stored: number }) => {
		stored = message.stored;
		if (stored >= atLeast) {
			child.kill('SIGKILL');
		}
	});
	await once(child, 'exit');
	return stored;
}

it('loses nothing but the unflushed tail when its process is killed, as parts or as whole segments', async () => {
	for (const atLeast of [1500, 70_000]) {
		await withFolder(async (path) => {
			const stored = await writeAndKill(path, atLeast);
			expect(stored).toBeGreaterThanOrEqual(atLeast);
			await using history = await openFlowHistory({ path });
			const { length } = await found(history);
			expect(length).toBeGreaterThanOrEqual(stored);
			expect(await found(history, { last: 1500 })).toEqual(range(length - 1500, length).map((i) => numbered(i)));
			history.append([numbered(length)]);
			expect(await found(history, { last: 1 })).toEqual([numbered(length)]);
		});
	}
}, 60_000);
