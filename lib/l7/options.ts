import { invalidArgument } from '../errors.js';
import type { DnsProxyLimits, HttpProxyLimits } from '../native/addon.js';

export interface L7Options {
	/** Of each proxy, 1..256. @default one a processor, at most 8 */
	readonly threads?: number;
	/** What an HTTP connection may cost. */
	readonly limits?: Partial<HttpProxyLimits>;
	/** What DNS queries may cost. */
	readonly dnsLimits?: Partial<DnsProxyLimits>;
}

const MAX_THREADS = 256;
const MAX_LIMIT = 2 ** 31 - 1;

/** @throws ERR_INVALID_ARGUMENT naming the option */
export function checkL7Options(options: L7Options): L7Options {
	if (!isRecord(options)) {
		throw invalidArgument('l7', options, 'options of the proxy');
	}
	const { threads, limits = {}, dnsLimits = {} } = options;
	if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS)) {
		throw invalidArgument('l7.threads', threads, `an integer from 1 to ${MAX_THREADS}`);
	}
	checkLimits('l7.limits', limits);
	checkLimits('l7.dnsLimits', dnsLimits);
	return options;
}

function checkLimits(field: string, limits: object): void {
	if (!isRecord(limits)) {
		throw invalidArgument(field, limits, 'an object of limits');
	}
	for (const [name, value] of Object.entries(limits)) {
		if (!Number.isInteger(value) || value < 0 || value > MAX_LIMIT) {
			throw invalidArgument(`${field}.${name}`, value, `an integer from 0 to ${MAX_LIMIT}`);
		}
	}
}

function isRecord(value: unknown): boolean {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
