import { describe, expect, it } from 'vitest';
import { createLabelSet } from '../../../lib/labels/label-set.js';
import { podIdentityLabels } from '../../../lib/labels/pod-labels.js';
import { createClassAllocator } from '../../../lib/policy/class-allocator.js';
import { compile } from '../../../lib/policy/compile.js';
import { tablesOf } from '../../../lib/policy/lookup.js';
import type { DefaultVerdict, RuleRow } from '../../../lib/policy/row.js';
import { peerEntriesOf } from '../../../lib/proof/table-spreads.js';
import { verifyTables, type VerifyInput } from '../../../lib/proof/verify.js';
import type { VerifyResult } from '../../../lib/proof/verify-result.js';
import { createOrigins } from '../../../lib/rules/origins.js';
import { cnp, documents, worldOf } from './support/ask.js';
import { IDENTITIES, identity } from './support/identities.js';

const SET = 7;
const web = identity('web');
const client = identity('client');
const from = 'fromEndpoints: [{ matchLabels: { app: client } }]';
const yaml = cnp(`ingress: [{ ${from}, toPorts: [{ ports: [{ port: "80", endPort: 90, protocol: TCP }] }] }]`);
const ground = { document: 'CiliumNetworkPolicy default/one', path: 'spec.ingress[0]' };

function row(fields: Partial<RuleRow> = {}): RuleRow {
	const packet = { peer: client.id, direction: 'ingress', protocol: 6, port: 80, endPort: 90 } as const;
	return { ...packet, action: 'allow', precedence: 0, cookie: 1, ...fields };
}

function verify(
	rows: readonly RuleRow[],
	more: Partial<VerifyInput> & { readonly yaml?: string; readonly standard?: DefaultVerdict } = {},
): VerifyResult {
	const { yaml: text = yaml, standard = 'deny', ...rest } = more;
	const defaults = { ingress: standard, egress: 'allow' } as const;
	const image = compile([{ id: SET, defaults, rows }], createClassAllocator(), createOrigins().unionOf);
	return verifyTables({
		...worldOf(text),
		subjects: [{ identity: web, set: SET }],
		identities: IDENTITIES.values(),
		tables: tablesOf(image),
		peers: peerEntriesOf(image),
		rulesOf: () => [ground],
		...rest,
	});
}

const first = (result: VerifyResult) => result.counterexamples[0];

describe('verifyTables', () => {
	it('agrees with right tables, and says how much it asked', () => {
		const result = verify([row()]);
		expect(result).toMatchObject({ ok: true, wrong: 0, counterexamples: [], stale: [] });
		// The peer, everyone else, and everyone for egress.
		expect(result.classes).toBe(3);
		expect(result.checked).toBeGreaterThan(3 * 5);
	});

	it('tells a port too many, and one too few, as a range', () => {
		const whole = { subject: web.id, peer: client.id, peersAlike: 1, direction: 'ingress', protocol: 6 };
		expect(verify([row({ endPort: 95 })])).toMatchObject({
			wrong: 1,
			counterexamples: [{ ...whole, port: 91, endPort: 95, expected: 'deny', found: 'allow', rule: [ground] }],
		});
		expect(verify([row({ port: 83 })])).toMatchObject({
			wrong: 1,
			counterexamples: [{ ...whole, port: 80, endPort: 82, expected: 'allow', found: 'deny', reasons: [ground] }],
		});
	});

	it('tells a protocol that no document names', () => {
		expect(first(verify([row(), row({ protocol: 47, port: 0, endPort: 65535 })]))).toMatchObject({
			protocol: 47,
			found: 'allow',
		});
		const every = verify([row({ protocol: 'any', port: 0, endPort: 65535 })]);
		expect(every.counterexamples.map(({ protocol }) => protocol)).toEqual(
			expect.arrayContaining([1, 17, 58, 132, 255]),
		);
	});

	it('tells ICMP types', () => {
		const icmp = cnp('ingress: [{ icmps: [{ fields: [{ type: 8, family: IPv4 }] }] }]');
		const echo = row({ peer: 'any', protocol: 1, port: 8 << 8, endPort: (8 << 8) | 255 });
		expect(verify([echo], { yaml: icmp }).ok).toBe(true);
		expect(first(verify([{ ...echo, endPort: 8 << 8 }], { yaml: icmp }))).toMatchObject({
			protocol: 1,
			port: 2049,
			endPort: 2303,
		});
	});

	it('tells a peer that the tables treat as another, among thousands that are alike', () => {
		const more = Array.from({ length: 5000 }, (_, i) => ({
			id: 10_000 + i,
			labels: podIdentityLabels({ namespace: 'default', network: 'default', labels: { app: 'x', n: String(i) } }),
		}));
		const identities = [...IDENTITIES.values(), ...more];
		expect(verify([row()], { identities }).ok).toBe(true);
		expect(verify([row(), row({ peer: 12_345 })], { identities })).toMatchObject({
			wrong: 1,
			counterexamples: [{ peer: 12_345, peersAlike: 1 }],
		});
	});

	it('tells a rule that was not what decided', () => {
		const other = [{ ...ground, path: 'spec.ingress[3]' }];
		const result = verify([row()], { rulesOf: () => other });
		expect(result).toMatchObject({ wrong: 1, counterexamples: [{ expected: 'allow', found: 'allow', rule: other }] });
	});

	it('wants all rules of a redirect named', () => {
		const entry = 'toPorts: [{ ports: [{ port: "80", protocol: TCP }], rules: { http: [{}] } }]';
		const text = cnp(`ingress: [{ ${entry} }, { ${entry} }]`);
		const named = [0, 1].map((i) => ({ ...ground, path: `spec.ingress[${i}].toPorts[0]` }));
		const redirect = [row({ peer: 'any', endPort: 80, action: 'redirect' })];
		expect(verify(redirect, { yaml: text, rulesOf: () => named }).ok).toBe(true);
		expect(verify(redirect, { yaml: text, rulesOf: () => named.slice(1) }).ok).toBe(false);
	});

	it('tells a subject that has no set though policies are for it', () => {
		expect(verify([row()], { subjects: [{ identity: web, set: 99 }] }).ok).toBe(false);
	});

	it('asks each subject for itself where a set is shared wrongly', () => {
		const subjects = [web, identity('stranger')].map((one) => ({ identity: one, set: SET }));
		const result = verify([row()], { subjects });
		expect(new Set(result.counterexamples.map(({ subject }) => subject))).toEqual(new Set([identity('stranger').id]));
	});

	it('asks once for all subjects that are alike', () => {
		const twin = {
			id: 400,
			labels: createLabelSet([...web.labels, 'k8s:pod-template-hash=1']),
			namedPorts: web.namedPorts!,
		};
		const one = verify([row()]);
		expect(verify([row()], { subjects: [web, twin].map((each) => ({ identity: each, set: SET })) })).toEqual(one);
	});

	it('knows what endpoints enforce', () => {
		const subject = { identity: web, set: SET };
		expect(verify([row()], { subjects: [{ ...subject, enforcement: 'always' }] }).ok).toBe(true);
		expect(verify([row()], { subjects: [{ ...subject, enforcement: 'never' }] }).ok).toBe(true);
	});

	it('looks names of ports up at either end', () => {
		const named = 'toPorts: [{ ports: [{ port: http, protocol: TCP }] }]';
		const ingress = cnp(`ingress: [{ ${named} }]`);
		expect(verify([row({ peer: 'any', endPort: 80 })], { yaml: ingress }).ok).toBe(true);
		const both = documents(
			ingress,
			cnp(`egress: [{ ${named} }], enableDefaultDeny: { egress: false }`, { name: 'two' }),
		);
		expect(verify([row({ peer: 'any', endPort: 80 })], { yaml: both }).ok).toBe(true);
	});

	it('counts rows by hand as rules of their subject', () => {
		const byHand = row({
			peer: 'any',
			protocol: 17,
			port: 53,
			endPort: 53,
			precedence: 5,
			action: 'deny',
			cookie: 0x8000_0001,
		});
		const direct = (id: number) => (id === web.id ? [byHand] : []);
		expect(verify([row(), byHand], { direct }).ok).toBe(true);
		expect(verify([row(), { ...byHand, action: 'allow' }], { direct }).ok).toBe(false);
	});

	it('finds entries of peers that there are not', () => {
		const result = verify([row(), row({ peer: 4711 })]);
		expect(result).toMatchObject({ ok: false, wrong: 0, stale: [{ set: SET, direction: 'ingress', identity: 4711 }] });
	});

	it('lists so many, and counts all', () => {
		const result = verify([], { yaml: cnp('ingress: [{ fromEntities: [all] }]'), limit: 2 });
		expect(result.counterexamples).toHaveLength(2);
		expect(result.wrong).toBeGreaterThan(2);
	});

	it('tells audit from deny and from allow', () => {
		const audited = cnp('ingress: [{}]', { annotations: 'policy.heddle.io/audit-mode: "true"' });
		expect(verify([], { yaml: audited, standard: 'audited' }).ok).toBe(true);
		expect(first(verify([], { yaml: audited, standard: 'deny' }))).toMatchObject({ expected: 'audit', found: 'deny' });
		expect(first(verify([], { yaml: audited, standard: 'allow' }))).toMatchObject({
			expected: 'audit',
			found: 'allow',
		});
	});
});
