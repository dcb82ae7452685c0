import { expect, test } from 'vitest';
import { formatVerify } from '../../../lib/cli/format-verify.js';
import type { VerifyResult } from '../../../lib/proof/verify-result.js';

const reason = { document: 'CiliumNetworkPolicy default/web', path: 'spec.ingress[0]' };
const RESULT: VerifyResult = {
	ok: false,
	checked: 7,
	classes: 2,
	wrong: 3,
	counterexamples: [
		{
			subject: 256,
			peer: 257,
			peersAlike: 3,
			direction: 'ingress',
			protocol: 6,
			port: 80,
			endPort: 90,
			expected: 'deny',
			found: 'allow',
			reasons: [reason],
			rule: [{ ...reason, path: 'spec.ingress[1]' }],
		},
		{
			subject: 256,
			peer: 1,
			peersAlike: 1,
			direction: 'egress',
			protocol: 1,
			port: 2048,
			endPort: 2303,
			expected: 'allow',
			found: 'deny',
			reasons: [],
		},
	],
	stale: [{ set: 4, direction: 'egress', identity: 999 }],
};

test('counterexamples tell who, what, both answers and what they rest on', () => {
	const options = { nameOf: (id: number) => `<${id}>`, paint: (text: string, colour: string) => `${colour}:${text}` };
	expect(formatVerify(RESULT, options))
		.toBe(`red:DIFFERENT  7 questions of 2 classes, 3 counterexamples, 1 stale entries
ingress of <256> from <257> (and 2 alike), TCP 80-90: found allow, expected deny
	the documents: CiliumNetworkPolicy default/web spec.ingress[0]
	the tables: CiliumNetworkPolicy default/web spec.ingress[1]
egress of <256> to <1>, ICMP type 8: found deny, expected allow
(and 1 more)
stale: set 4 egress has an entry for identity 999
`);
});
