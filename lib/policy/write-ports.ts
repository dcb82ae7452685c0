import { PolicyAction } from '../abi/generated.js';
import type { ClassWriter } from './class-writer.js';
import { coverPorts, NOTHING } from './port-trie.js';
import type { PortVerdict, PortVerdicts } from './port-verdicts.js';

/** As if there were no rule: what has to be said under a shorter prefix that has one. */
export const SILENCE: PortVerdict = { verdict: PolicyAction.Default, cookie: 0 };

export function isSilent(said: PortVerdict | undefined): boolean {
	return said === undefined || (said.verdict & 0xff) === PolicyAction.Default;
}

/** Writes the least number of prefixes of a protocol. `base`: what an entry for every protocol says already. */
export function writePorts(
	protocol: number,
	{ starts, verdicts }: PortVerdicts,
	base: PortVerdict | undefined,
	writer: ClassWriter,
): void {
	const { said, numberOf } = createNumbering();
	const inherited = base === undefined ? NOTHING : numberOf(base);
	const silence = base === undefined ? undefined : SILENCE;
	const numbers = verdicts.map((verdict) => {
		const told = isSilent(verdict) ? silence : verdict;
		return told === undefined ? NOTHING : numberOf(told);
	});
	coverPorts({ starts, verdicts: numbers }, inherited, (level, port, number) =>
		writer.put(level, protocol, port, said[number]!.verdict, said[number]!.cookie),
	);
}

/** Equal verdicts have one number, in the order in which they come. */
function createNumbering() {
	const said: PortVerdict[] = [];
	const numbers = new Map<string, number>();
	const numberOf = (verdict: PortVerdict): number => {
		const key = `${verdict.verdict} ${verdict.cookie}`;
		const known = numbers.get(key) ?? said.push(verdict) - 1;
		numbers.set(key, known);
		return known;
	};
	return { said, numberOf };
}
