import type { ClassAllocator } from './class-allocator.js';
import { createClassWriter } from './class-writer.js';
import { baseOf, portVerdicts, protocolsOf, verdictAt, type PortVerdicts } from './port-verdicts.js';
import type { Direction } from './row.js';
import { LEVEL_EVERY_PROTOCOL, type RuleClass } from './rule-class.js';
import { isSilent, writePorts } from './write-ports.js';

const writer = createClassWriter();

/** A class that says what `upper` says, and where that says nothing, what `lower` says. */
export function overlay(
	upper: RuleClass | undefined,
	lower: RuleClass | undefined,
	direction: Direction,
	classes: ClassAllocator,
): RuleClass | undefined {
	if (upper === undefined || lower === undefined || upper === lower) {
		return upper ?? lower;
	}
	writer.truncate(0);
	const [above, below] = [baseOf(upper.words), baseOf(lower.words)];
	const base = isSilent(above) ? below : above;
	if (base !== undefined) {
		writer.put(LEVEL_EVERY_PROTOCOL, 0, 0, base.verdict, base.cookie);
	}
	const protocols = new Set([...protocolsOf(upper.words), ...protocolsOf(lower.words)]);
	for (const protocol of [...protocols].sort((a, b) => a - b)) {
		const said = combine(portVerdicts(upper.words, protocol), portVerdicts(lower.words, protocol));
		writePorts(protocol, said, base, writer);
	}
	return classes.intern(direction, writer.words, writer.length);
}

function combine(upper: PortVerdicts, lower: PortVerdicts): PortVerdicts {
	const starts = [...new Set([...upper.starts, ...lower.starts])].sort((a, b) => a - b);
	const verdicts = starts.map((port) => {
		const said = verdictAt(upper, port);
		return isSilent(said) ? verdictAt(lower, port) : said;
	});
	return { starts, verdicts };
}
