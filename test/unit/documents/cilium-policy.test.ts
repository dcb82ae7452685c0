import { describe, expect, test } from 'vitest';
import { readDocuments } from '../../../lib/documents/parse.js';
import { ciliumSpec, wrongs } from './support/read.js';
import { ccnp, cnp } from './support/write.js';

const http = { http: [{}] };
const tcp = (port: unknown) => ({ port, protocol: 'TCP' });
const ingress = (rule: unknown) => cnp({ ingress: [rule] });
const egress = (rule: unknown) => cnp({ egress: [rule] });
const inspected = (way: 'ingress' | 'egress', entry: unknown) => cnp({ [way]: [{ toPorts: [entry] }] });

describe('a policy of Cilium', () => {
	test.each<[string, Readonly<Record<string, unknown>>, string]>([
		['neither spec nor specs', { ...cnp({}), spec: null }, 'spec: missing, expected spec or specs'],
		['an empty specs', { ...cnp({}), spec: null, specs: [] }, 'spec: missing, expected spec or specs'],
		['no rule', cnp({ ingress: [] }), 'spec: found no rule'],
		[
			'no subject',
			ccnp({ ingress: [{}] }),
			'spec: found none, expected exactly one of endpointSelector and nodeSelector',
		],
		[
			'two subjects',
			ccnp({ endpointSelector: {}, nodeSelector: {}, ingress: [{}] }),
			'spec: found endpointSelector and nodeSelector',
		],
		[
			'nodes in a namespace',
			cnp({ nodeSelector: {}, ingress: [{}] }),
			'spec.nodeSelector: unsupported field: nodes are in no namespace',
		],
		[
			'nodes with HTTP',
			ccnp({ nodeSelector: {}, ingress: [{ toPorts: [{ ports: [tcp('80')], rules: http }] }] }),
			'spec.ingress[0].toPorts[0]: rules.http is unsupported for nodes',
		],
		[
			'a namespace where there is none',
			ccnp({ endpointSelector: {}, ingress: [{}] }, { namespace: 'a' }),
			'metadata.namespace: unsupported field',
		],
		[
			'an audit mode that is none',
			cnp({ ingress: [{}] }, { annotations: { 'policy.heddle.io/audit-mode': 'yes' } }),
			'metadata.annotations.policy.heddle.io/audit-mode: found "yes", expected "true" or "false"',
		],
		[
			'a default that is none',
			cnp({ ingress: [{}], enableDefaultDeny: { ingress: 'no' } }),
			'spec.enableDefaultDeny.ingress: found "no", expected true or false',
		],
	])('with %s is refused', (_, input, wrong) => {
		expect(wrongs(input)).toEqual([expect.stringContaining(wrong)]);
	});

	test.each([
		[
			'fromRequires',
			ingress({ fromRequires: [{}] }),
			'spec.ingress[0].fromRequires: unsupported field: removed from Cilium',
		],
		['toRequires', egress({ toRequires: [{}] }), 'spec.egress[0].toRequires: unsupported field: removed from Cilium'],
		[
			'fromGroups',
			ingress({ fromGroups: [{}] }),
			'spec.ingress[0].fromGroups: unsupported field: groups of cloud providers',
		],
		['toGroups', egress({ toGroups: [{}] }), 'spec.egress[0].toGroups: unsupported field: groups of cloud providers'],
		[
			'rules.kafka',
			inspected('ingress', { ports: [tcp('1')], rules: { kafka: [{}] } }),
			'spec.ingress[0].toPorts[0].rules.kafka: unsupported field: Kafka',
		],
		[
			'rules.l7proto',
			inspected('ingress', { ports: [tcp('1')], rules: { l7proto: 'x' } }),
			'spec.ingress[0].toPorts[0].rules.l7proto: unsupported field',
		],
		[
			'terminatingTLS',
			inspected('egress', { ports: [tcp('1')], terminatingTLS: {} }),
			'spec.egress[0].toPorts[0].terminatingTLS: unsupported field: TLS',
		],
		[
			'listener',
			inspected('egress', { ports: [tcp('1')], listener: {} }),
			'spec.egress[0].toPorts[0].listener: unsupported field: listeners',
		],
		[
			'cidrGroupRef',
			ingress({ fromCIDRSet: [{ cidr: '10.0.0.0/8', cidrGroupRef: 'g' }] }),
			'spec.ingress[0].fromCIDRSet[0].cidrGroupRef: unsupported field: groups of CIDRs',
		],
		[
			'what denies and inspects',
			cnp({ ingressDeny: [{ toPorts: [{ rules: {} }] }] }),
			'spec.ingressDeny[0].toPorts[0].rules: unsupported field: what denies',
		],
		[
			'what denies names',
			cnp({ egressDeny: [{ toFQDNs: [] }] }),
			'spec.egressDeny[0].toFQDNs: unsupported field: names are learned',
		],
		[
			'a rule that is neither',
			egress({ fromEndpoints: [{}] }),
			'spec.egress[0].fromEndpoints: unknown or unsupported field',
		],
		['a field of nobody', cnp({ ingress: [{}], surprise: 1 }), 'spec.surprise: unknown or unsupported field'],
	])('with %s is refused by path', (_, input, wrong) => {
		expect(wrongs(input)).toEqual([expect.stringContaining(wrong)]);
	});

	test('keeps absent and empty lists of peers apart', () => {
		const { ingress: rules } = ciliumSpec(cnp({ ingress: [{ fromEndpoints: [] }, {}, { fromEndpoints: null }] }));
		expect(rules).toEqual([{ fromEndpoints: [] }, {}, {}]);
	});

	test('may be for its own namespace by name, and for no other', () => {
		const subject = (value: unknown) => ({
			endpointSelector: { matchLabels: { 'k8s:io.kubernetes.pod.namespace': value } },
			ingress: [{}],
		});
		expect(wrongs(cnp(subject('shop'), { namespace: 'shop' }))).toEqual([]);
		expect(wrongs(cnp(subject('other'), { namespace: 'shop' }))).toEqual([
			'spec.endpointSelector.matchLabels.k8s:io.kubernetes.pod.namespace: found "other", expected the policy\'s own namespace, shop',
		]);
		const listed = { key: 'io.kubernetes.pod.namespace', operator: 'In', values: ['b', 'c'] };
		expect(wrongs(cnp({ endpointSelector: { matchExpressions: [listed] }, ingress: [{}] }))).toEqual([
			"spec.endpointSelector.matchExpressions[0].values: found a list of 2, expected the policy's own namespace, default",
		]);
	});

	test('of whose many rules each is wrong is told whole', () => {
		const found = wrongs(
			cnp({
				ingress: [
					{
						fromEntities: ['nobody'],
						fromCIDR: ['300.0.0.0/8'],
						icmps: [{ fields: [{ type: 'Ping' }] }],
						toPorts: [{}],
					},
				],
				endpointSelector: { matchLabels: { 'a b': '' } },
			}),
		);
		expect(found.map((text) => text.split(': ')[0])).toEqual([
			'spec.endpointSelector.matchLabels.a b',
			'spec.ingress[0].fromEntities[0]',
			'spec.ingress[0].fromCIDR[0]',
			'spec.ingress[0].icmps[0].fields[0].type',
			'spec.ingress[0]',
			'spec.ingress[0].icmps',
		]);
	});
});

test('a policy of Cilium warns of nothing', () => {
	expect(readDocuments([cnp({ ingress: [{}] })]).warnings).toEqual([]);
});
