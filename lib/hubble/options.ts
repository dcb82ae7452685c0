import { invalidArgument } from '../errors.js';
import { parseListen } from './listen-address.js';
import type { ListenAddress } from './listen-address.js';

export interface HubbleOptions {
	/**
	 * `unix:///path`, `host:port` or `:port` (every address), or several of them. Port 0 takes a free one. A unix socket
	 * is its owner's alone and goes without TLS.
	 */
	readonly listen: string | readonly string[];
	/** For `host:port`. Without it what is sent there can be read on the way. */
	readonly tls?: HubbleTls;
	/** As `node_name` in every flow. */
	readonly nodeName: string;
	/** @default 'default' */
	readonly clusterName?: string;
	/** Where hubble-relay reaches this server, as told by `peer.Peer`. @default the first of `listen` */
	readonly peerAddress?: string;
	/** Flows kept for clients that ask for the past; 1..65 535. @default 4095 */
	readonly maxFlows?: number;
	/** Flows that wait for one slow client; 1..65 535. Full, it loses the oldest, and is told how many. @default 1024 */
	readonly clientQueue?: number;
	/** Clients at once; 1..65 535. @default 1024 */
	readonly maxClients?: number;
	log?(line: string): void;
}

/** PEM texts. */
export interface HubbleTls {
	readonly cert: string | Uint8Array;
	readonly key: string | Uint8Array;
	/** With it clients must show a certificate of this authority. */
	readonly ca?: string | Uint8Array;
	/** The name in the certificate, as told to peers. @default `<node>.<cluster>.hubble-grpc.cilium.io`, dots as hyphens */
	readonly serverName?: string;
}

export interface HubbleSettings {
	readonly listen: readonly ListenAddress[];
	readonly tls: HubbleTls | undefined;
	/** With the cluster's name before it, but for cluster 'default'. */
	readonly nodeName: string;
	readonly clusterName: string;
	readonly serverName: string;
	readonly peerAddress: string | undefined;
	readonly maxFlows: number;
	readonly clientQueue: number;
	readonly maxClients: number;
	log(line: string): void;
}

const DEFAULT_CLUSTER = 'default';
const MOST = 65_535;

/** @throws ERR_INVALID_ARGUMENT naming the option */
export function readOptions(options: HubbleOptions): HubbleSettings {
	const { nodeName, clusterName = DEFAULT_CLUSTER, tls } = options;
	checkName('nodeName', nodeName);
	checkName('clusterName', clusterName);
	const listen = typeof options.listen === 'string' ? [options.listen] : options.listen;
	if (!Array.isArray(listen) || listen.length === 0) {
		throw invalidArgument('listen', options.listen, "'unix:///path' or 'host:port'");
	}
	return {
		listen: listen.map((text: string) => parseListen(text)),
		tls: tls === undefined ? undefined : checkTls(tls),
		nodeName: clusterName === DEFAULT_CLUSTER ? nodeName : `${clusterName}/${nodeName}`,
		clusterName,
		serverName: tls?.serverName ?? serverNameOf(nodeName, clusterName),
		peerAddress: options.peerAddress,
		maxFlows: inRange('maxFlows', options.maxFlows ?? 4095),
		clientQueue: inRange('clientQueue', options.clientQueue ?? 1024),
		maxClients: inRange('maxClients', options.maxClients ?? 1024),
		log: (line) => options.log?.(line),
	};
}

function checkName(field: string, name: unknown): void {
	if (typeof name !== 'string' || name === '' || name.includes('/')) {
		throw invalidArgument(field, name, 'a name without slash');
	}
}

function checkTls(tls: HubbleTls): HubbleTls {
	for (const field of ['cert', 'key', 'ca'] as const) {
		const found = tls[field];
		const isPem = found !== undefined && Buffer.from(found).includes('-----BEGIN ');
		if (!isPem && !(field === 'ca' && found === undefined)) {
			throw invalidArgument(`tls.${field}`, found === undefined ? found : '(hidden)', 'PEM text');
		}
	}
	return tls;
}

function inRange(field: string, value: number): number {
	if (!Number.isInteger(value) || value < 1 || value > MOST) {
		throw invalidArgument(field, value, `an integer from 1 to ${MOST}`);
	}
	return value;
}

/** As Cilium's certificates are made: one DNS level each for node and cluster. */
function serverNameOf(nodeName: string, clusterName: string): string {
	return `${nodeName.replaceAll('.', '-')}.${clusterName.replaceAll('.', '-')}.hubble-grpc.cilium.io`;
}
