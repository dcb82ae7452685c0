import type { Cleanup } from './cleanup.js';

/** Every second pair the other way round: neither of the two always runs on the warmer machine. */
export async function takeTurns(
	cleanup: Cleanup,
	pairs: number,
	one: () => Promise<void>,
	other: () => Promise<void>,
): Promise<void> {
	for (let pair = 0; pair < pairs && !cleanup.interrupted; pair++) {
		await (pair % 2 ? other : one)();
		await (pair % 2 ? one : other)();
	}
}
