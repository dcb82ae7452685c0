import type { Direction, RuleRow } from '../policy/row.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import { EVERYTHING, type PortSpread, type Reading, type Statement } from './statement.js';

const WITH_PORTS = [6, 17, 132];

/** Rows by hand of one subject, as one more policy, which isolates the directions that it speaks of. */
export function readDirect(rows: readonly RuleRow[], subject: number): Reading {
	const speaks = (direction: Direction) => rows.some((row) => row.direction === direction);
	return {
		audit: false,
		reason: { document: 'direct', path: '' },
		isolates: { ingress: speaks('ingress'), egress: speaks('egress') },
		statements: rows.map(readRow),
		appliesTo: ({ id }: PolicyIdentity) => id === subject,
	};
}

function readRow(row: RuleRow): Statement {
	const { direction, action, audit = false, tier = 'normal', precedence, peer, cookie } = row;
	return {
		direction,
		action,
		audit,
		tier,
		rank: precedence,
		reason: { document: 'direct', path: String(cookie) },
		asksNames: false,
		speaksOfPeer: ({ id }) => peer === 'any' || peer === id,
		portsAt: () => portsOf(row),
	};
}

/** Any protocol with every port is every protocol there is; with a port, those that have ports. */
function portsOf({ protocol, port, endPort }: RuleRow): PortSpread[] {
	if (protocol !== 'any') {
		return [{ protocol, first: port, last: endPort }];
	}
	if (port === 0 && endPort === 65535) {
		return [EVERYTHING];
	}
	return WITH_PORTS.map((each) => ({ protocol: each, first: port, last: endPort }));
}
