import { describe, expect, test } from 'vitest';
import { isAudit } from '../../../lib/documents/audit.js';
import type { NetworkPolicy } from '../../../lib/documents/document.js';
import { policyNetworksOf } from '../../../lib/documents/multi-network-policy.js';
import { only, wrongs } from './support/read.js';
import { mnp, np } from './support/write.js';

const port = (found: unknown) => np({ ingress: [{ ports: [found] }] });
const peer = (found: unknown) => np({ ingress: [{ from: [found] }] });
const specOf = (input: Readonly<Record<string, unknown>>) => (only(input) as NetworkPolicy).spec;

describe('a NetworkPolicy', () => {
	test.each([
		['no rules', {}, ['Ingress']],
		['ingress rules', { ingress: [{}] }, ['Ingress']],
		['egress rules', { egress: [{}] }, ['Ingress', 'Egress']],
		['an empty list of egress rules', { egress: [] }, ['Ingress']],
		['an empty list of types', { policyTypes: [], egress: [{}] }, ['Ingress', 'Egress']],
		['a type of its own', { policyTypes: ['Egress'] }, ['Egress']],
		['a type twice', { policyTypes: ['Egress', 'Egress'] }, ['Egress']],
	])('with %s is of the types Kubernetes makes of it', (_, spec, types) => {
		expect(specOf(np(spec)).policyTypes).toEqual(types);
	});

	test('without spec isolates every pod of its namespace', () => {
		expect(specOf({ ...np({}), spec: undefined })).toEqual({ policyTypes: ['Ingress'] });
	});

	test.each([
		[{}, { protocol: 6 }],
		[{ port: 80 }, { protocol: 6, port: 80 }],
		[
			{ port: 'http', protocol: 'UDP' },
			{ protocol: 17, port: 'http' },
		],
		[
			{ port: 1, endPort: 65535, protocol: 'SCTP' },
			{ protocol: 132, port: 1, endPort: 65535 },
		],
	])('reads the port %j', (written, read) => {
		expect(specOf(port(written)).ingress![0]!.ports).toEqual([read]);
	});

	test.each([
		[{ port: 0 }, 'port: found 0'],
		[{ port: 65536 }, 'port: found 65536'],
		[{ port: '80' }, 'port: found "80", expected a number from 1 to 65535 without quotes'],
		[{ port: 'HTTP' }, 'port: found "HTTP"'],
		[{ port: 80, protocol: 'tcp' }, 'protocol: found "tcp", expected TCP or UDP or SCTP'],
		[{ port: 80, protocol: 'ANY' }, 'protocol: found "ANY"'],
		[{ endPort: 80 }, 'endPort: found 80, expected none without a port'],
		[{ port: 'http', endPort: 80 }, 'endPort: found 80, expected none with a name'],
		[{ port: 80, endPort: 79 }, 'endPort: found 79, expected at least 80'],
	])('refuses the port %j', (written, wrong) => {
		expect(wrongs(port(written))).toEqual([expect.stringContaining(`spec.ingress[0].ports[0].${wrong}`)]);
	});

	test.each([
		[{}, 'found no peer'],
		[{ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }, 'ipBlock: found beside selectors'],
		[{ ipBlock: {} }, 'ipBlock.cidr: missing'],
		[{ ipBlock: { cidr: '10.0.0.1' } }, 'ipBlock.cidr: found "10.0.0.1"'],
		[
			{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] } },
			'ipBlock.except[0]: found "10.0.0.0/8", expected a strictly smaller block within 10.0.0.0/8',
		],
		[{ ipBlock: { cidr: '10.0.0.0/8', except: ['fd00::/8'] } }, 'ipBlock.except[0]: found "fd00::/8"'],
		[
			{ podSelector: { matchLabels: { 'k8s:app': 'a' } } },
			'podSelector.matchLabels.k8s:app: found "k8s:app", expected a label key',
		],
		[{ endpointSelector: {} }, 'endpointSelector: unknown or unsupported field'],
	])('refuses the peer %j', (written, wrong) => {
		expect(wrongs(peer(written))).toContainEqual(expect.stringContaining(wrong));
	});

	test.each([
		[{ policyTypes: ['ingress'] }, 'spec.policyTypes[0]: found "ingress"'],
		[{ policyTypes: ['Ingress', 'Egress', 'Ingress'] }, 'spec.policyTypes: found a list of 3, expected at most 2'],
		[{ ingress: {} }, 'spec.ingress: found an object, expected a list'],
		[{ ingress: [null] }, 'spec.ingress[0]: found null'],
	])('refuses the spec %j', (spec, wrong) => {
		expect(wrongs(np(spec))).toEqual([expect.stringContaining(wrong)]);
	});

	test('is in audit mode where its annotation says so', () => {
		const mode = (found?: string) =>
			only(np({}, found === undefined ? {} : { annotations: { 'policy.heddle.io/audit-mode': found } }));
		expect([mode(), mode('false'), mode('true')].map(isAudit)).toEqual([false, false, true]);
	});
});

describe('a MultiNetworkPolicy', () => {
	test('names its networks, whatever namespace they are defined in', () => {
		expect(policyNetworksOf(only(mnp('b, default/a,b')))).toEqual(['b', 'a']);
	});

	test.each([
		[undefined, 'missing, expected the networks'],
		['', 'found ""'],
		['a,', 'found ""'],
		['a/b/c', 'found "a/b/c"'],
		['A', 'found "A"'],
	])('for %j is refused', (networks, wrong) => {
		expect(wrongs(mnp(networks))).toEqual([
			expect.stringContaining(`metadata.annotations.k8s.v1.cni.cncf.io/policy-for: ${wrong}`),
		]);
	});
});
