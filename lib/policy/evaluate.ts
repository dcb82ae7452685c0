import type { Direction, RuleRow, SetSpec } from './row.js';

/** A packet as policy sees it. */
export interface Question {
	readonly peer: number;
	readonly direction: Direction;
	readonly protocol: number;
	/** 0 where the protocol has none; ICMP: type << 8 | code. */
	readonly port: number;
}

export interface Answer {
	readonly allowed: boolean;
	/** Origin of the rule that said so; undefined: no rule did. */
	readonly cookie: number | undefined;
}

/**
 * The oracle: looks at every row, one after the other. Shares no code with the compiler, on purpose, and must stay
 * obvious rather than fast.
 */
export function evaluate(set: SetSpec, question: Question): Answer {
	const speaking = set.rows.filter((row) => speaksOf(row, question));
	const enforced = question.direction === 'ingress' ? set.ingressDefaultDeny : set.egressDefaultDeny;
	if (speaking.length === 0) {
		return { allowed: !enforced, cookie: undefined };
	}
	const highest = Math.max(...speaking.map((row) => row.precedence));
	const deciding = speaking.filter((row) => row.precedence === highest);
	const denials = deciding.filter((row) => row.action === 'deny');
	const winners = denials.length > 0 ? denials : deciding;
	return { allowed: denials.length === 0, cookie: Math.min(...winners.map((row) => row.cookie)) };
}

function speaksOf(row: RuleRow, question: Question): boolean {
	if (row.direction !== question.direction) return false;
	if (row.peer !== 'any' && row.peer !== question.peer) return false;
	if (row.port === 0 && row.endPort === 65535) {
		return row.protocol === 'any' || row.protocol === question.protocol;
	}
	const protocols = row.protocol === 'any' ? [6, 17, 132] : [row.protocol];
	return protocols.includes(question.protocol) && row.port <= question.port && question.port <= row.endPort;
}
