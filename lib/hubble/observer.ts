import type { Flow } from '../flows/flow.js';
import type { FlowLoss } from '../history/loss.js';
import type { FlowQuery } from '../history/query.js';
import type { FlowCodec } from './codec.js';
import { createFlowRate } from './flow-rate.js';
import { FlowRecord, LostRecord, LostSource } from './record.js';
import type { HubbleRecord, Loss } from './record.js';
import { createRing } from './ring.js';
import type { Ring } from './ring.js';
import { createSeenNamespaces } from './seen-namespaces.js';
import type { SeenNamespace } from './seen-namespaces.js';
import { readSource } from './source.js';
import type { HubbleSource } from './source.js';
import { isServedFlow } from './translate/flow.js';
import type { ServedFlow, Teller } from './translate/flow.js';

/** One reader of the source for all clients, and the history that it leaves. */
export interface Observer {
	readonly history: Ring<HubbleRecord>;
	/** Unix time in nanoseconds: every flow of then and later that was seen is in `history`. */
	readonly wholeSinceNs: bigint;
	/** What the source knows of earlier times. */
	past(query: FlowQuery): AsyncGenerator<Flow | FlowLoss, void> | undefined;
	record(flow: ServedFlow): FlowRecord;
	/** Why no flows come any more; undefined while they do. */
	readonly ended: string | undefined;
	/** Returns what ends it. */
	subscribe(follower: Follower): () => void;
	/** A record of flows that one client lost. */
	lost(loss: Loss): LostRecord;
	status(): ObserverStatus;
	namespaces(): SeenNamespace[];
	close(): Promise<void>;
}

export interface Follower {
	record(record: HubbleRecord): void;
	/** No more will come. */
	end(reason: string): void;
}

export interface ObserverStatus {
	readonly numFlows: number;
	readonly maxFlows: number;
	readonly seenFlows: number;
	readonly uptimeNs: number;
	/** Per second. */
	readonly flowsRate: number;
}

export interface ObserverParts {
	readonly source: HubbleSource;
	readonly codec: FlowCodec;
	readonly teller: Teller;
	readonly maxFlows: number;
	log(line: string): void;
}

export function createObserver({ source, codec, teller, maxFlows, log }: ObserverParts): Observer {
	const history = createRing<HubbleRecord>(maxFlows);
	const followers = new Set<Follower>();
	const startedMs = Date.now();
	const rate = createFlowRate(startedMs);
	const namespaces = createSeenNamespaces(teller.clusterName);
	let seenFlows = 0;
	let lastLossNs = nowNs();
	let ended: string | undefined;
	let wholeSinceNs = nowNs();

	function tell(record: HubbleRecord): void {
		const pushedOut = history.push(record);
		if (pushedOut !== undefined && pushedOut.timeNs >= wholeSinceNs) {
			wholeSinceNs = pushedOut.timeNs + 1n;
		}
		for (const follower of followers) {
			follower.record(record);
		}
	}

	function see(flow: ServedFlow): void {
		const nowMs = Date.now();
		seenFlows++;
		rate.add(nowMs);
		namespaces.see(flow, nowMs);
		tell(recordOf(flow));
	}

	function seeLoss(count: number): void {
		const now = nowNs();
		tell(lost({ source: LostSource.KernelRing, count, firstNs: lastLossNs, lastNs: now }));
		lastLossNs = now;
	}

	function end(reason: string): void {
		ended ??= reason;
		for (const follower of [...followers]) {
			follower.end(ended);
		}
		followers.clear();
	}

	const recordOf = (flow: ServedFlow) => new FlowRecord(flow, teller, codec);
	const lost = (loss: Loss) => new LostRecord(loss, teller, codec);

	const reader = readSource(source, maxFlows, {
		flow(flow: Flow) {
			if (isServedFlow(flow)) {
				see(flow);
			}
		},
		lost: seeLoss,
		end(error) {
			const reason =
				error === undefined ? 'the source of flows ended' : `the source of flows failed: ${messageOf(error)}`;
			if (ended === undefined) {
				log(reason);
			}
			end(reason);
		},
	});

	return {
		history,
		get wholeSinceNs() {
			return wholeSinceNs;
		},
		past: (query) => source.past?.(query),
		record: recordOf,
		get ended() {
			return ended;
		},
		subscribe(follower) {
			followers.add(follower);
			return () => void followers.delete(follower);
		},
		lost,
		status: () => ({
			numFlows: history.length,
			maxFlows,
			seenFlows,
			uptimeNs: (Date.now() - startedMs) * 1_000_000,
			flowsRate: rate.perSecond(Date.now()),
		}),
		namespaces: () => namespaces.list(Date.now()),
		async close() {
			end('the server is closing');
			await reader.close();
		},
	};
}

function nowNs(): bigint {
	return BigInt(Date.now()) * 1_000_000n;
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
