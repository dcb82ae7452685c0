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
	const numbered: PortVerdict[] = base === undefined ? [] : [base];
	const numberOf = (said: PortVerdict | undefined): number => {
		const wanted = isSilent(said) ? (base === undefined ? undefined : SILENCE) : said;
		if (wanted === undefined) {
			return NOTHING;
		}
		const known = numbered.findIndex(({ verdict, cookie }) => verdict === wanted.verdict && cookie === wanted.cookie);
		return known === -1 ? numbered.push(wanted) - 1 : known;
	};
	const map = { starts, verdicts: verdicts.map(numberOf) };
	coverPorts(map, base === undefined ? NOTHING : 0, (level, port, number) =>
		writer.put(level, protocol, port, numbered[number]!.verdict, numbered[number]!.cookie),
	);
}
