import { timestampOf } from '../messages/timestamp.js';
import { createRing } from '../ring.js';
import { limitOf } from '../selection.js';
import type { Selection } from '../selection.js';
import type { Streaming } from '../service.js';
import { createChangeFinder, type WatchedState } from './changes.js';
import { AgentEventType, type AgentEventMessage } from './event.js';

/** An agent's events, for GetAgentEvents: the newest, and those to come. */
export interface AgentEventLog {
	serve(call: Streaming, selection: Selection): void;
	close(): void;
}

interface Entry {
	readonly timeNs: bigint;
	readonly response: object;
}

/** As many as Cilium's monitor keeps by default. */
const KEPT = 1024;
/** Changes are looked for this often, and when a client asks. */
const INTERVAL_MS = 500;
/** Responses that may wait for one client. */
const MOST_WAITING = 1 << 20;

export function createAgentEventLog(state: WatchedState | undefined, nodeName: string): AgentEventLog {
	const kept = createRing<Entry>(KEPT);
	const followers = new Map<Streaming, Selection>();
	const changes = state === undefined ? () => [] : createChangeFinder(state);
	const nowNs = () => BigInt(Date.now()) * 1_000_000n;

	function tell(event: AgentEventMessage): void {
		const timeNs = nowNs();
		const entry = { timeNs, response: { agent_event: event, node_name: nodeName, time: timestampOf(timeNs) } };
		kept.push(entry);
		for (const [call, selection] of followers) {
			send(call, entry, selection);
		}
	}

	function send(call: Streaming, entry: Entry, { sinceNs, untilNs }: Selection): void {
		const inTime =
			(sinceNs === undefined || entry.timeNs >= sinceNs) && (untilNs === undefined || entry.timeNs <= untilNs);
		// Who does not read loses what comes, not this server its memory.
		if (inTime && call.writableLength < MOST_WAITING) {
			call.write(entry.response);
		}
	}

	function look(): void {
		let found: readonly AgentEventMessage[] = [];
		try {
			found = changes();
		} catch {
			// The datapath was closed: nothing will change any more.
		}
		found.forEach(tell);
	}

	tell({ type: AgentEventType.AgentStarted, agent_start: { time: timestampOf(nowNs()) } });
	look();
	const timer = setInterval(look, INTERVAL_MS).unref();
	return {
		serve(call, selection) {
			look();
			const { follow, number, sinceNs } = selection;
			const { limit, oldest } = limitOf(selection);
			const all = Array.from({ length: kept.length }, (_, i) => kept.at(i)!);
			const wanted = follow && number === 0 && sinceNs === undefined ? [] : all;
			const some = limit === Infinity ? wanted : oldest ? wanted.slice(0, limit) : wanted.slice(-limit);
			some.forEach((entry) => send(call, entry, selection));
			if (!follow) {
				call.end();
				return;
			}
			followers.set(call, selection);
			for (const event of ['cancelled', 'close', 'error']) {
				call.on(event, () => followers.delete(call));
			}
		},
		close() {
			clearInterval(timer);
			followers.forEach((_, call) => call.end());
			followers.clear();
		},
	};
}
