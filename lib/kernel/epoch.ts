import type { BpfMap } from '../native/addon.js';
import { controlWord } from './control-word.js';

/** The number that makes cached verdicts count. Maps are changed first, the epoch last. */
export interface Epoch {
	readonly value: number;
	/** Every cached verdict is judged again, unless a hold delays it. */
	bump(): void;
	/** Delays bumps until released; nests. */
	hold(): () => void;
	/** Told after each. */
	onBump(listener: () => void): void;
}

export function openEpoch(map: BpfMap): Epoch {
	const words = controlWord(map, 'epoch');
	const listeners: (() => void)[] = [];
	let holds = 0;
	let wanted = false;

	function advance(): void {
		const next = (Atomics.load(words, 0) + 1) >>> 0;
		// 0 in a flow entry means "never judged".
		Atomics.store(words, 0, next === 0 ? 1 : next);
		listeners.forEach((listener) => listener());
	}

	function bump(): void {
		if (holds > 0) {
			wanted = true;
		} else {
			advance();
		}
	}

	function hold(): () => void {
		let released = false;
		holds++;
		return () => {
			if (released) {
				return;
			}
			released = true;
			if (--holds === 0 && wanted) {
				wanted = false;
				advance();
			}
		};
	}

	return {
		get value() {
			return Atomics.load(words, 0);
		},
		bump,
		hold,
		onBump: (listener) => void listeners.push(listener),
	};
}
