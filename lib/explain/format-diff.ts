import type { PolicyIdentity } from '../rules/policy-identity.js';
import type { AccessChange, AccessDiff, AccessPorts, PairVerdict } from './access-change.js';
import { describeProtocol, describeSpan } from './ports.js';

export interface DiffFormatOptions {
	readonly nameOf: (identity: PolicyIdentity) => string;
	/** Makes a line stand out; the text itself by default. */
	readonly paint?: (text: string, kind: AccessChange['kind']) => string;
}

/** More than these nobody reads in a line; the data has all. */
const MOST_NAMES = 12;

const SIGNS: Readonly<Record<AccessChange['kind'], string>> = { gained: '+', lost: '-', changed: '~' };

/** One line a change: `+ default/client -> default/web  TCP 80  denied (ingress) -> allowed`. Nothing where nothing changes. */
export function formatDiff({ changes }: AccessDiff, { nameOf, paint = (text) => text }: DiffFormatOptions): string {
	return changes
		.map((change) => {
			const { kind, before, after } = change;
			const who = `${names(change.from, nameOf)} -> ${names(change.to, nameOf)}`;
			const ports = change.ports.map(describePorts).join(', ');
			return `${paint(`${SIGNS[kind]} ${who}  ${ports}  ${describe(before)} -> ${describe(after)}`, kind)}\n`;
		})
		.join('');
}

function names(identities: readonly PolicyIdentity[], nameOf: DiffFormatOptions['nameOf']): string {
	const all = identities.map(nameOf);
	const more = all.length > MOST_NAMES ? [`and ${all.length - MOST_NAMES} more`] : [];
	return all.length === 1 ? all[0]! : `{${[...all.slice(0, MOST_NAMES), ...more].join(', ')}}`;
}

function describePorts({ protocol, except = [], port, endPort }: AccessPorts): string {
	const text = describeSpan({ protocol, port, endPort });
	return except.length === 0 ? text : `${text} except ${except.map(describeProtocol).join(', ')}`;
}

/** With the sides that are the ground of it, and what a redirected connection is asked. */
function describe({ verdict, egress, ingress, l7 }: PairVerdict): string {
	const sides = [egress === verdict ? 'egress' : '', ingress === verdict ? 'ingress' : ''].filter(
		(side) => side !== '',
	);
	const ground = verdict === 'allowed' || sides.length === 0 ? '' : ` (${sides.join(' and ')})`;
	return `${verdict}${ground}${l7 === undefined ? '' : ` by ${JSON.stringify(l7)}`}`;
}
