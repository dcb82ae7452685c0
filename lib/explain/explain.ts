import type { PolicyIdentity } from '../rules/policy-identity.js';
import { areSeparated, networkOf } from './ends.js';
import type { ExplainedEnd, ExplainQuestion, Explanation } from './explanation.js';
import { together } from './ruling.js';
import { explainSide } from './side.js';
import type { ExplainWorld } from './world.js';

export interface ExplainOptions {
	/** How many rules that do not match are listed, a side. @default 10 */
	readonly nearMisses?: number;
}

/**
 * What policy makes of the first packet of a connection, and why: the egress of its source and the ingress of its
 * destination, with the rules that decided and where they are written. Rule by rule, beside the compiler. Pure.
 */
export function explain(world: ExplainWorld, question: ExplainQuestion, options: ExplainOptions = {}): Explanation {
	const { from, to, protocol, port, fromMode = {}, toMode = {} } = question;
	const packet = { protocol, port, nearMisses: options.nearMisses ?? 10 };
	const egress = explainSide(world, { subject: from, peer: to, direction: 'egress', mode: fromMode, ...packet });
	const ingress = explainSide(world, { subject: to, peer: from, direction: 'ingress', mode: toMode, ...packet });
	const separated = areSeparated(from.labels, to.labels)
		? { separated: { from: networkOf(from.labels), to: networkOf(to.labels) } }
		: {};
	return {
		verdict: together(egress?.verdict, ingress?.verdict),
		from: endOf(from),
		to: endOf(to),
		protocol,
		port,
		...separated,
		...(egress === undefined ? {} : { egress }),
		...(ingress === undefined ? {} : { ingress }),
	};
}

function endOf({ id, labels }: PolicyIdentity): ExplainedEnd {
	return { identity: id, labels: labels.toStrings() };
}
