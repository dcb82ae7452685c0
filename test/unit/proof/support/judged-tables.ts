import { createClassAllocator } from '../../../../lib/policy/class-allocator.js';
import { compile } from '../../../../lib/policy/compile.js';
import { DIRECTIONS, type TableImage } from '../../../../lib/policy/image.js';
import type { Direction, RuleRow, SetSpec } from '../../../../lib/policy/row.js';
import type { Evaluator } from '../../../../lib/proof/evaluator.js';
import type { ProofVerdict } from '../../../../lib/proof/question.js';
import type { PolicyIdentity } from '../../../../lib/rules/policy-identity.js';
import { createOrigins } from '../../../../lib/rules/origins.js';
import type { Scene } from './arbitrary-scene.js';
import { packets } from './boundaries.js';

/** Tables that say of every packet what the evaluator says, asked port by port: no compiler of documents has part in it. */
export function judgedTables({ subjects, identities }: Scene, evaluator: Evaluator): TableImage {
	const specs = subjects.map((subject): SetSpec => {
		const rows = DIRECTIONS.flatMap((direction) =>
			identities.flatMap((peer) => rowsOf(evaluator, subject, direction, peer)),
		);
		return { id: subject.id, defaults: { ingress: 'allow', egress: 'allow' }, rows };
	});
	return compile(specs, createClassAllocator(), createOrigins().unionOf);
}

function rowsOf(evaluator: Evaluator, subject: PolicyIdentity, direction: Direction, peer: PolicyIdentity): RuleRow[] {
	const say = (protocol: number, port: number) => evaluator.judge({ subject, peer, direction, protocol, port }).verdict;
	const every = { peer: peer.id, direction, protocol: 'any' as const, port: 0, endPort: 65535, precedence: 0 };
	return [
		...rowsFor(every, say(253, 0)),
		...packets().flatMap(([protocol, ports]) =>
			ports.flatMap((port, i) => {
				const endPort = (ports[i + 1] ?? 65536) - 1;
				return rowsFor({ peer: peer.id, direction, protocol, port, endPort, precedence: 1 }, say(protocol, port));
			}),
		),
	];
}

/** In audit mode, something allows and something denies. */
function rowsFor(where: Omit<RuleRow, 'action' | 'cookie'>, verdict: ProofVerdict): RuleRow[] {
	const row = { ...where, cookie: 0 };
	if (verdict === 'audit') {
		return [
			{ ...row, action: 'allow' },
			{ ...row, action: 'deny', audit: true },
		];
	}
	return [{ ...row, action: verdict }];
}
