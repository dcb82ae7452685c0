import type { Cleanup } from './cleanup.js';
import type { Results } from './results.js';

export interface BenchContext {
	readonly full: boolean;
	/** Live peers by id; undefined: all. */
	readonly peers: ReadonlySet<string> | undefined;
	readonly results: Results;
	readonly cleanup: Cleanup;
	/** The processor everything measured runs on. */
	readonly cpu: number;
	say(line: string): void;
}
