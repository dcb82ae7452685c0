import { describe, expect, it } from 'vitest';
import { parseDocuments } from '../../../lib/documents/parse.js';
import { podIdentityLabels } from '../../../lib/labels/pod-labels.js';
import { RESERVED_IDENTITIES } from '../../../lib/labels/reserved.js';
import { tablesOf } from '../../../lib/policy/lookup.js';
import { verifyTables } from '../../../lib/proof/verify.js';
import type { PolicyIdentity } from '../../../lib/rules/policy-identity.js';
import { compileScene } from './support/compiled.js';

const SUBJECTS = 100;
const slowness = Number(process.env['HEDDLE_TEST_SLOWNESS'] ?? 1);

const pods = Array.from({ length: 1000 }, (_, i): PolicyIdentity => {
	const labels = { app: `a${i % 100}`, n: String(i) };
	return { id: 256 + i, labels: podIdentityLabels({ namespace: `ns${i % 10}`, labels, network: 'default' }) };
});

/** Of each namespace twenty, five of them for all its pods. */
const policies = Array.from({ length: 200 }, (_, i) => ({
	apiVersion: 'cilium.io/v2',
	kind: 'CiliumNetworkPolicy',
	metadata: { name: `p${i}`, namespace: `ns${i % 10}` },
	spec: {
		endpointSelector: i < 50 ? {} : { matchLabels: { app: `a${i % 100}` } },
		ingress: [
			{
				fromEndpoints: [
					{ matchLabels: { app: `a${(i + 10) % 100}` } },
					{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': `ns${(i + 1) % 10}`, app: `a${(i + 1) % 100}` } },
				],
				toPorts: [
					{
						ports: [
							{ port: String(80 + i), protocol: 'TCP' },
							{ port: String(1000 + i), endPort: 2000 + i },
						],
					},
				],
			},
		],
		ingressDeny: [{ fromEndpoints: [{ matchExpressions: [{ key: 'n', operator: 'In', values: [String(i * 5)] }] }] }],
		egress: [{ toEndpoints: [{ matchLabels: { app: `a${(i * 3) % 100}` } }], toPorts: [{ ports: [{ port: '443' }] }] }],
	},
}));

describe('verifyTables', () => {
	it('takes seconds for a hundred subjects, a thousand identities and two hundred policies', () => {
		const documents = parseDocuments(...policies);
		const identities = [...pods, ...RESERVED_IDENTITIES];
		const world = { documents, services: [], ipBlocks: 'external' as const };
		const compiled = compileScene(
			{ ...world, documents: [], pods: [], subjects: pods.slice(0, SUBJECTS), identities, direct: [] },
			documents,
		);
		const start = performance.now();
		const result = verifyTables({
			...world,
			...compiled,
			identities,
			tables: tablesOf(compiled.image),
		});
		const took = performance.now() - start;
		expect(result).toMatchObject({ ok: true, wrong: 0 });
		expect(result.classes).toBeGreaterThan(SUBJECTS * 2);
		expect(took).toBeLessThan(8000 * slowness);
	});
});
