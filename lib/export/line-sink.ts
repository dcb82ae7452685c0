import type { HeddleError } from '../errors.js';

/** Where lines go. */
export interface LineSink {
	/** Lines that were taken and then refused by the disk. */
	readonly lost: number;
	/** Why the last write failed; undefined once one succeeds. */
	readonly failure: HeddleError | undefined;
	/** Takes a line, without its end; `flush` writes it. */
	add(line: string): void;
	flush(): void;
	/** Everything written and put in order. */
	close(): Promise<void>;
}
