import { invalidArgument } from '../errors.js';
import type { HttpProxyLimits } from '../native/addon.js';

export interface L7Options {
	/** Of the proxy, 1..256. @default one a processor, at most 8 */
	readonly threads?: number;
	/** What a connection may cost. */
	readonly limits?: Partial<HttpProxyLimits>;
}

const MAX_THREADS = 256;
const MAX_LIMIT = 2 ** 31 - 1;

/** @throws ERR_INVALID_ARGUMENT naming the option */
export function checkL7Options(options: L7Options): L7Options {
	if (!isRecord(options)) {
		throw invalidArgument('l7', options, 'options of the proxy');
	}
	const { threads, limits = {} } = options;
	if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS)) {
		throw invalidArgument('l7.threads', threads, `an integer from 1 to ${MAX_THREADS}`);
	}
	if (!isRecord(limits)) {
		throw invalidArgument('l7.limits', limits, 'an object of limits');
	}
	for (const [name, value] of Object.entries(limits)) {
		if (!Number.isInteger(value) || value < 0 || value > MAX_LIMIT) {
			throw invalidArgument(`l7.limits.${name}`, value, `an integer from 0 to ${MAX_LIMIT}`);
		}
	}
	return options;
}

function isRecord(value: unknown): boolean {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
