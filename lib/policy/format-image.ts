import { PolicyAction, RuleFlag } from '../abi/generated.js';
import { DIRECTIONS, type SetImage, type TableImage } from './image.js';
import { protocolName } from './protocols.js';
import type { Direction } from './row.js';
import { entriesOf, LEVEL_EVERY_PROTOCOL, LEVEL_PROTOCOL, type ClassEntry, type RuleClass } from './rule-class.js';

/** The entries of an image as text for people: sets, their peers, and what each class of peers may do. */
export function formatImage(image: TableImage): string {
	const sets = [...image.sets.values()].sort((a, b) => a.id - b.id).map(formatSet);
	const classes = [...image.classes.values()].sort((a, b) => a.id - b.id).map(formatClass);
	return `${[...sets, ...classes].join('\n\n')}\n`;
}

function formatSet(set: SetImage): string {
	return [`set ${set.id}`, ...DIRECTIONS.flatMap((direction) => formatSide(set, direction))].join('\n');
}

function formatSide(set: SetImage, direction: Direction): string[] {
	const { default: standard, defaultClass, peers } = set[direction];
	const everyone = defaultClass === undefined ? 'no rules' : `class ${defaultClass.id}`;
	const own = [...peers]
		.sort(([a], [b]) => a - b)
		.map(([identity, known]) => `\t${direction} peer ${identity}: class ${known.id}`);
	return [`\t${direction} default ${standard}, everyone: ${everyone}`, ...own];
}

function formatClass(known: RuleClass): string {
	return [`class ${known.id} ${known.direction}`, ...[...entriesOf(known.words)].map(formatEntry)].join('\n');
}

const ACTIONS: Readonly<Record<number, string>> = {
	[PolicyAction.Allow]: 'allow',
	[PolicyAction.Deny]: 'deny',
	[PolicyAction.Redirect]: 'redirect',
	[PolicyAction.Default]: 'default',
};

/** Ports with the length of their prefix, as CIDRs have it: `tcp 1024/6 allow`. */
function formatEntry({ level, protocol, port, action, flags, cookie }: ClassEntry): string {
	const what = level === LEVEL_EVERY_PROTOCOL ? 'any' : `${protocolName(protocol)} ${port}/${level - LEVEL_PROTOCOL}`;
	return `\t${what} ${(flags & RuleFlag.Soft) === 0 ? '' : 'soft '}${(flags & RuleFlag.Audited) === 0 ? '' : 'audited '}${ACTIONS[action] ?? action} cookie ${cookie}`;
}
