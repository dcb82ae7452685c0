import type { HeddleDocument } from '../documents/document.js';
import { createLabelSet } from '../labels/label-set.js';
import type { Direction } from '../policy/row.js';
import { createEvaluator, type Evaluator } from '../proof/evaluator.js';
import { parsePrefix } from '../addresses/prefix.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import type { Conversation } from './evidence.js';
import type { SeenEnd } from './flow-like.js';
import { nameOf } from './names.js';
import type { Outsider, Workload } from './workload.js';

/** A connection that was seen and that the documents do not allow. */
export interface MissingFlow {
	readonly from: string;
	readonly to: string;
	readonly protocol: number;
	/** ICMP: type << 8. */
	readonly port: number;
	readonly flows: number;
	/** Whose policy it is that says no. */
	readonly direction: Direction;
}

export interface Coverage {
	/** Flows that are evidence. */
	readonly flows: number;
	/** Of them, those that the documents allow. */
	readonly covered: number;
	readonly missing: readonly MissingFlow[];
}

/** Asks the evaluator, which shares no code with what made the documents. */
export function coverageOf(documents: readonly HeddleDocument[], seen: readonly Conversation[]): Coverage {
	const evaluator = createEvaluator({ documents, services: [], ipBlocks: 'external' });
	const missing = seen.flatMap((conversation) => missingOf(conversation, evaluator));
	const sum = (all: readonly { readonly flows: number }[]) => all.reduce((total, { flows }) => total + flows, 0);
	return { flows: sum(seen), covered: sum(seen) - sum(missing), missing };
}

function missingOf(conversation: Conversation, evaluator: Evaluator): MissingFlow[] {
	const { from, to, source, destination, protocol, port, flows } = conversation;
	const [sender, receiver] = [identityOf(1, from, source), identityOf(2, to, destination)];
	const allows = (direction: Direction) => {
		const [subject, peer] = direction === 'egress' ? [sender, receiver] : [receiver, sender];
		return evaluator.judge({ subject, peer, direction, protocol, port }).verdict === 'allow';
	};
	const told = { from: nameOf(sender), to: nameOf(receiver), protocol, port, flows };
	if (from.kind === 'workload' && !allows('egress')) {
		return [{ ...told, direction: 'egress' }];
	}
	return to.kind === 'workload' && !allows('ingress') ? [{ ...told, direction: 'ingress' }] : [];
}

/** An address outside is one of its own: that is what a rule about it makes of it. */
function identityOf(id: number, who: Workload | Outsider, { labels }: SeenEnd): PolicyIdentity {
	if (who.kind !== 'address') {
		return { id, labels };
	}
	const { family } = parsePrefix(who.name)!;
	return { id, labels: createLabelSet({ [`cidr:${who.name}`]: '', [`reserved:world-ipv${family}`]: '' }) };
}
