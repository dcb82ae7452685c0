/** Reads the ring of events.ts in a process of its own, and looks into every record. */
import { EventType, eventCodec, eventOffsets } from '../../lib/abi/generated.js';
import { BpfMap, RingReader } from '../../lib/native/addon.js';
import { serve } from '../support/serve.js';

export interface Received {
	readonly count: number;
}

let map: BpfMap | undefined;
let reader: RingReader | undefined;
let count = 0;

function take(records: Uint8Array, size: number): void {
	for (let i = 0; i < size; i++) if (records[i * eventCodec.size + eventOffsets.type] === EventType.Verdict) count++;
}

function open(path: string): void {
	map = BpfMap.openPinned(path);
	reader = new RingReader(map, { recordSize: eventCodec.size }, take);
}

function reset(): void {
	reader?.drain();
	count = 0;
}

/** Waits until all that was emitted is here. */
async function finish(expected: number): Promise<Received> {
	for (let tries = 0; count < expected && tries < 100; tries++) {
		reader?.drain();
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	return { count };
}

serve({ open, reset, finish }, async () => {
	reader?.close();
	map?.close();
});
