import { invalidArgument } from '../errors.js';
import { parseListenAddress } from '../metrics/listen-address.js';
import type { ListenAddress } from '../metrics/listen-address.js';

export interface UiOptions {
	/**
	 * `host:port`, `[::1]:12000`, port 0 for any that is free; or `unix:///path`, a socket of its owner's alone. Whoever
	 * reaches it sees every flow and policy: there is no password. @default '127.0.0.1:12000'
	 */
	readonly listen?: string;
	/**
	 * DNS names by which browsers may call it, beside `localhost` and addresses; others are refused, for a foreign site's
	 * name can be made to point here (DNS rebinding). @default none
	 */
	readonly hosts?: readonly string[];
	/** Flows that wait for one slow browser; 1..65 535. Full, it loses the oldest and is told how many. @default 1024 */
	readonly clientQueue?: number;
	/** Browsers that follow flows at once; 1..65 535. @default 64 */
	readonly maxClients?: number;
}

export interface CheckedUiOptions {
	readonly listen: string;
	readonly address: ListenAddress;
	readonly hosts: ReadonlySet<string>;
	readonly clientQueue: number;
	readonly maxClients: number;
}

export const DEFAULT_UI_LISTEN = '127.0.0.1:12000';
const MOST = 65_535;

/**
 * @param within `ui.` where they are a part of other options
 * @throws ERR_INVALID_ARGUMENT naming the option
 */
export function checkUiOptions(options: UiOptions, within = ''): CheckedUiOptions {
	if (typeof options !== 'object' || options === null) {
		throw invalidArgument(within === '' ? 'options' : within.slice(0, -1), options, "{ listen: 'host:port' }");
	}
	const { listen = DEFAULT_UI_LISTEN, hosts = [], clientQueue = 1024, maxClients = 64 } = options;
	if (!Array.isArray(hosts) || !hosts.every(isName)) {
		throw invalidArgument(`${within}hosts`, hosts, 'DNS names without port');
	}
	return {
		listen,
		address: parseListenAddress(listen, `${within}listen`),
		hosts: new Set(hosts.map((name: string) => name.toLowerCase())),
		clientQueue: inRange(`${within}clientQueue`, clientQueue),
		maxClients: inRange(`${within}maxClients`, maxClients),
	};
}

function isName(found: unknown): boolean {
	return typeof found === 'string' && /^[\w.-]+$/.test(found);
}

function inRange(field: string, found: number): number {
	if (!Number.isInteger(found) || found < 1 || found > MOST) {
		throw invalidArgument(field, found, `an integer from 1 to ${MOST}`);
	}
	return found;
}
