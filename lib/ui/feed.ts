import type { Flow } from '../flows/flow.js';
import type { FlowPredicate } from '../flows/filter.js';
import { createRing } from '../hubble/ring.js';
import { readSource } from '../hubble/source.js';
import type { UiSource } from './source.js';
import { wireFlow } from './wire-flow.js';
import type { WireFlow } from './wire.js';

export interface KeptFlow {
	readonly flow: Flow;
	readonly wire: WireFlow;
}

/** One reader of the datapath for every browser, with the newest flows kept for those that come later. */
export interface Feed {
	/** Events that did not reach this process, since it began to read. */
	readonly lost: number;
	/** The newest that pass, oldest first. */
	recent(wanted: FlowPredicate): WireFlow[];
	follow(listener: (kept: KeptFlow) => void): () => void;
	close(): Promise<void>;
}

/** As many as a table shows. */
const KEPT = 500;

export function createFeed(source: Pick<UiSource, 'flows'>): Feed {
	const kept = createRing<KeptFlow>(KEPT);
	const listeners = new Set<(kept: KeptFlow) => void>();
	let number = 0;
	let lost = 0;
	const reader = readSource(source, KEPT, {
		flow(flow) {
			const one = { flow, wire: wireFlow(flow, ++number) };
			kept.push(one);
			listeners.forEach((listener) => listener(one));
		},
		lost: (count) => void (lost += count),
		// The datapath was closed: what was seen stays to be looked at.
		end: () => undefined,
	});
	return {
		get lost() {
			return lost;
		},
		recent: (wanted) =>
			Array.from({ length: kept.length }, (_, i) => kept.at(i)!)
				.filter(({ flow }) => wanted(flow))
				.map(({ wire }) => wire),
		follow(listener) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
		close: () => reader.close(),
	};
}
