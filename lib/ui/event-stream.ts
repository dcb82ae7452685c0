import type { ServerResponse } from 'node:http';
import type { FlowPredicate } from '../flows/filter.js';
import { createRing } from '../hubble/ring.js';
import type { Feed } from './feed.js';
import type { MapTally } from './map-tally.js';
import type { WireFlow, WireLoss } from './wire.js';

export interface StreamParts {
	readonly feed: Feed;
	readonly tally: MapTally;
	readonly clientQueue: number;
}

/** Flows wait so long for others: a browser paints no faster. */
const FLUSH_MS = 100;
const MOST_IN_BATCH = 200;
const MAP_MS = 1000;

/** Server-sent events for one browser: `flows`, `lost` and `map`. A browser that does not read costs its queue alone. */
export function openEventStream(response: ServerResponse, wanted: FlowPredicate, parts: StreamParts): () => void {
	const { feed, tally, clientQueue } = parts;
	const queue = createRing<WireFlow>(clientQueue);
	let clientLost = 0;
	let told = '';
	let writable = true;

	function offer(flow: WireFlow): void {
		clientLost += queue.push(flow) === undefined ? 0 : 1;
	}

	function write(event: string, data: unknown): void {
		writable = response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
	}

	function tellLost(): void {
		const loss: WireLoss = { client: clientLost, server: feed.lost };
		const text = JSON.stringify(loss);
		if (text !== told) {
			told = text;
			write('lost', loss);
		}
	}

	function flush(): void {
		while (writable && queue.length > 0) {
			const count = Math.min(queue.length, MOST_IN_BATCH);
			write(
				'flows',
				Array.from({ length: count }, () => queue.shift()),
			);
		}
		if (writable) {
			tellLost();
		}
	}

	/** Also when nothing changed: rates fall, and a connection that died is found. */
	function sendMap(): void {
		if (writable) {
			write('map', tally.map(Date.now()));
		}
	}

	response.on('drain', () => (writable = true));
	feed.recent(wanted).forEach(offer);
	const unfollow = feed.follow(({ flow, wire }) => {
		if (wanted(flow)) {
			offer(wire);
		}
	});
	const timers = [setInterval(flush, FLUSH_MS), setInterval(sendMap, MAP_MS)];
	flush();
	sendMap();
	return () => {
		unfollow();
		timers.forEach((timer) => clearInterval(timer));
		queue.clear();
	};
}
