import type { HeddleError } from '../../errors.js';

export interface PlainFailure {
	readonly code: string;
	readonly message: string;
}

/** Tells the log once when something fails, and once when it works again. */
export interface FailureWatch {
	failure(): PlainFailure | undefined;
	close(): void;
}

const INTERVAL_MS = 1000;

export function watchFailure(
	what: string,
	failureOf: () => HeddleError | undefined,
	log: (line: string) => void,
): FailureWatch {
	let told: string | undefined;

	function look(): PlainFailure | undefined {
		const found = failureOf();
		if (found?.code !== told) {
			told = found?.code;
			log(found === undefined ? `${what}: writes again` : `${what}: ${found.code}: ${found.message}`);
		}
		return found && { code: found.code, message: found.message };
	}

	look();
	const timer = setInterval(look, INTERVAL_MS).unref();
	return { failure: look, close: () => clearInterval(timer) };
}
