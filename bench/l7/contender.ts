import type { Cleanup } from '../support/cleanup.js';
import type { Pair } from '../live/topology.js';

/** A way of requests from the client to the server, up and measurable. */
export interface Contender {
	readonly id: string;
	readonly title: string;
	readonly pair: Pair & { readonly host: string };
	/** true: only what the rule allows reaches the server, and the bench proves it. */
	readonly enforces: boolean;
	/** Client, server and proxy are on it, before all others: a share of its time is what a request costs. */
	readonly cpu: number;
	/** What it holds, for the report. */
	readonly size: string;
}

export interface ContenderSpec {
	readonly id: string;
	readonly title: string;
	create(cleanup: Cleanup, cpu: number): Promise<Contender>;
}

/** Of the server, under the rule. */
export const rulePort = 80;
/** Of the same server, allowed as it is. */
export const plainPort = 81;

/** Of every proxy: all that is measured is on one processor. */
export const threads = 1;

/** The same for all: GET of paths that match this whole expression. */
export const allowedPath = '/api/[0-9]+';
/** The number is the length of the body. */
export const smallPath = '/api/128';
export const largePath = '/api/4194304';
export const deniedPath = '/other/128';
