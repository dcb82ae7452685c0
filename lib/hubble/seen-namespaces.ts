import type { Flow, FlowEndpoint } from '../flows/flow.js';
import { clusterOf, namespaceOf } from './translate/endpoint.js';

export interface SeenNamespace {
	readonly cluster: string;
	readonly namespace: string;
}

/** Namespaces that had flows in the last hour. */
export interface SeenNamespaces {
	see(flow: Flow, nowMs: number): void;
	/** Sorted by cluster and namespace. */
	list(nowMs: number): SeenNamespace[];
}

const KEPT_MS = 3_600_000;
/** Names come with packets: they must not fill the memory. */
const MOST = 65_536;

export function createSeenNamespaces(clusterName: string): SeenNamespaces {
	// By cluster and namespace, the one seen last at the end.
	const seen = new Map<string, { readonly namespace: SeenNamespace; atMs: number }>();

	function seeEnd(end: FlowEndpoint, nowMs: number): void {
		const namespace = namespaceOf(end);
		if (namespace === undefined) {
			return;
		}
		const cluster = clusterOf(end) ?? clusterName;
		const key = `${cluster}/${namespace}`;
		seen.delete(key);
		seen.set(key, { namespace: { cluster, namespace }, atMs: nowMs });
		if (seen.size > MOST) {
			seen.delete(seen.keys().next().value ?? '');
		}
	}

	return {
		see(flow, nowMs) {
			seeEnd(flow.source, nowMs);
			seeEnd(flow.destination, nowMs);
		},
		list(nowMs) {
			for (const [key, { atMs }] of seen) {
				if (nowMs - atMs > KEPT_MS) {
					seen.delete(key);
				}
			}
			return [...seen.keys()].sort().map((key) => seen.get(key)!.namespace);
		},
	};
}
