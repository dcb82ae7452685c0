import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BenchContext } from '../support/context.js';

interface Figures {
	readonly pairsPerSecond: number;
	readonly bytes: number;
}

export async function runIpam({ results, say, cleanup }: BenchContext): Promise<void> {
	say('ipam: allocate and release, and a million addresses');
	const child = fork(fileURLToPath(new URL('./ipam-child.ts', import.meta.url)), {
		execArgv: ['--import', 'tsx', '--expose-gc'],
	});
	cleanup.add(() => void child.kill('SIGKILL'));
	const [answer] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [Figures | number];
	if (typeof answer !== 'object')
		throw new Error(`allocator: found its process ended with ${answer}, expected figures`);
	results.add(
		'ipam_pairs_per_s',
		'1/s',
		answer.pairsPerSecond,
		'allocate + release, one by one, 1 000 in use, in memory',
	);
	results.add(
		'ipam_million_mib',
		'MiB',
		answer.bytes / 2 ** 20,
		'1 M IPv4 addresses with owners, heap after collection',
	);
}
