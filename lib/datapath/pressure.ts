import * as abi from '../abi/generated.js';
import { controlWord } from '../kernel/control-word.js';
import type { BpfMap } from '../native/addon.js';

/** The kernel tells less of each conversation while the ring's reader is late; this gives it back step by step. */
export interface Pressure {
	/** enum aggregation: no endpoint tells more now. */
	readonly limit: number;
	/** A reader begins: what was late before it does not count. */
	begin(): void;
	/** One second is over. */
	tick(): void;
	/** What is to be told of the limit, once: a record as of the kernel. */
	changed(): Uint8Array | undefined;
}

/** Without pressure, until one level more is told: shorter, and it would come and go with every burst. */
const QUIET_TICKS = 5;

/** @param lost events that found no room, since the datapath was loaded */
export function createPressure(control: BpfMap, lost: () => bigint): Pressure {
	const limitWord = controlWord(control, 'aggregationLimit');
	const pressedWord = controlWord(control, 'pressedTick');
	let told: number = abi.Aggregation.None;
	let lostBefore = 0n;
	let pressed = 0;
	let quiet = 0;

	const limit = () => Atomics.load(limitWord, 0);

	return {
		get limit() {
			return limit();
		},
		begin() {
			Atomics.store(limitWord, 0, abi.Aggregation.None);
			told = abi.Aggregation.None;
			lostBefore = lost();
			pressed = Atomics.load(pressedWord, 0);
			quiet = 0;
		},
		tick() {
			const now = Atomics.load(pressedWord, 0);
			quiet = now === pressed ? quiet + 1 : 0;
			pressed = now;
			if (quiet >= QUIET_TICKS && limit() < abi.Aggregation.None) {
				quiet = 0;
				Atomics.add(limitWord, 0, 1);
			}
		},
		changed() {
			const now = limit();
			if (now === told) {
				return undefined;
			}
			const total = lost();
			const record = recordOf(told, now, total - lostBefore);
			told = now;
			lostBefore = total;
			return record;
		},
	};
}

function recordOf(former: number, limit: number, lost: bigint): Uint8Array {
	const nothing = abi.eventCodec.decode(new Uint8Array(abi.eventCodec.size));
	return abi.eventCodec.encode({
		...nothing,
		type: abi.EventType.Aggregation,
		timeNs: process.hrtime.bigint(),
		weights: [former, limit],
		packets: [lost, 0n],
	});
}
