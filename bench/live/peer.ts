import type { Cleanup } from '../support/cleanup.js';
import type { Pair } from './topology.js';

/** A way of joining two pods, up and measurable. */
export interface Peer {
	readonly id: string;
	readonly title: string;
	readonly pair: Pair;
	/** true: only `openPort` reaches the server, and the bench proves it. */
	readonly enforces: boolean;
	/** What it holds, for the report. */
	readonly size?: string;
}

export interface PeerSpec {
	readonly id: string;
	readonly title: string;
	create(cleanup: Cleanup): Promise<Peer>;
}

export const openPort = 5001;
export const closedPort = 5999;
