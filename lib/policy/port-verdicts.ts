import { LEVEL_EVERY_PROTOCOL, LEVEL_PROTOCOL, unpackMatch, WORDS_PER_ENTRY } from './rule-class.js';

const PORTS = 65_536;

/** What one entry of a class says. */
export interface PortVerdict {
	/** As packed: action, audit, proxy port. */
	readonly verdict: number;
	readonly cookie: number;
}

/** A class's longest matches written out: what it says of every port of a protocol. */
export interface PortVerdicts {
	/** `verdicts[i]` from `starts[i]` up to the next start. `starts[0]` is 0. */
	readonly starts: readonly number[];
	/** undefined: silent. */
	readonly verdicts: readonly (PortVerdict | undefined)[];
}

export function baseOf(words: Uint32Array): PortVerdict | undefined {
	return words.length > 0 && unpackMatch(words[0]!).level === LEVEL_EVERY_PROTOCOL
		? { verdict: words[1]!, cookie: words[2]! }
		: undefined;
}

/** Protocols that a class says more of than of all. */
export function protocolsOf(words: Uint32Array): number[] {
	const protocols = new Set<number>();
	for (let at = 0; at < words.length; at += WORDS_PER_ENTRY) {
		const { level, protocol } = unpackMatch(words[at]!);
		if (level !== LEVEL_EVERY_PROTOCOL) {
			protocols.add(protocol);
		}
	}
	return [...protocols];
}

/** Prefixes nest and come outer first: one walk with a stack of those that are open. */
export function portVerdicts(words: Uint32Array, protocol: number): PortVerdicts {
	const starts: number[] = [];
	const verdicts: (PortVerdict | undefined)[] = [];
	const open: { readonly end: number; readonly said: PortVerdict | undefined }[] = [
		{ end: PORTS, said: baseOf(words) },
	];
	let at = 0;
	const advance = (to: number) => {
		while (at < to) {
			while (open.at(-1)!.end <= at) {
				open.pop();
			}
			const { end, said } = open.at(-1)!;
			starts.push(at);
			verdicts.push(said);
			at = Math.min(to, end);
		}
	};
	for (let entry = 0; entry < words.length; entry += WORDS_PER_ENTRY) {
		const match = unpackMatch(words[entry]!);
		if (match.level !== LEVEL_EVERY_PROTOCOL && match.protocol === protocol) {
			advance(match.port);
			const end = match.port + (PORTS >> (match.level - LEVEL_PROTOCOL));
			open.push({ end, said: { verdict: words[entry + 1]!, cookie: words[entry + 2]! } });
		}
	}
	advance(PORTS);
	return { starts, verdicts };
}

export function verdictAt({ starts, verdicts }: PortVerdicts, port: number): PortVerdict | undefined {
	let low = 0;
	let high = starts.length - 1;
	while (low < high) {
		const middle = (low + high + 1) >>> 1;
		if (starts[middle]! <= port) {
			low = middle;
		} else {
			high = middle - 1;
		}
	}
	return verdicts[low];
}
