import { availableParallelism } from 'node:os';

import type { Core } from '../datapath/core.js';
import { DnsProxy, HttpProxy } from '../native/addon.js';
import type { DnsAnswer } from './dns-answer.js';
import { dnsAnswers } from './dns-answer.js';
import type { L7Options } from './options.js';

const MOST_THREADS = 8;

/** The proxies of one datapath: each takes its own protocol. */
export interface Proxies {
	readonly http: HttpProxy;
	readonly dns: DnsProxy;
	/** Returns the port to which connections for any other are led. */
	addNetwork(network: number, device: string): number;
	removeNetwork(network: number): void;
	review(): void;
	close(): void;
}

/** Who is told of what they see. */
export interface ProxyListeners {
	/** Packed, see `accessRecords`. */
	onHttp(records: Uint8Array, count: number): void;
	/** Packed, see `dnsRecords`. */
	onDns(records: Uint8Array, count: number): void;
	/** On return the kernel knows the addresses of all of them. Answers which of them it does not know. */
	learn(answers: readonly DnsAnswer[]): ReadonlySet<DnsAnswer>;
}

export function openProxies(core: Core, netns: number, options: L7Options, listeners: ProxyListeners): Proxies {
	const { threads = Math.min(availableParallelism(), MOST_THREADS), limits, dnsLimits } = options;
	const common = {
		netns,
		threads,
		ask: core.programs.ask_policy,
		control: core.maps.control.handle,
	};
	const http = new HttpProxy({ ...common, ...(limits === undefined ? {} : { limits }) }, listeners.onHttp);
	const dns = new DnsProxy(
		{ ...common, ...(dnsLimits === undefined ? {} : { limits: dnsLimits }) },
		{ onRecords: listeners.onDns, onAnswers: learn },
	);
	http.unref();
	dns.unref();

	/** Released one and all only now: until then nobody has an address that the kernel does not know. */
	function learn(batch: Uint8Array, count: number): void {
		const answers = [...dnsAnswers(batch, count)];
		const unknown = listeners.learn(answers);
		for (const answer of answers) {
			dns.release(answer.ticket, !unknown.has(answer));
		}
	}

	return {
		http,
		dns,
		addNetwork(network, device) {
			const port = http.addNetwork(network, device);
			dns.addNetwork(network, device);
			return port;
		},
		removeNetwork(network) {
			http.removeNetwork(network);
			dns.removeNetwork(network);
		},
		review() {
			http.review();
			dns.review();
		},
		close() {
			http.close();
			dns.close();
		},
	};
}
