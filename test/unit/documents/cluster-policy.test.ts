import { describe, expect, test } from 'vitest';
import type { ClusterNetworkPolicy } from '../../../lib/documents/document.js';
import { formatPath } from '../../../lib/documents/issue.js';
import { readDocuments } from '../../../lib/documents/parse.js';
import { only, wrongs } from './support/read.js';
import { cluster } from './support/write.js';

const everyone = [{ namespaces: {} }];
const ingress = (rule: object) => cluster({ ingress: [{ action: 'Deny', from: everyone, ...rule }] });
const egress = (rule: object) => cluster({ egress: [{ action: 'Deny', to: everyone, ...rule }] });
const protocol = (found: unknown) => ingress({ protocols: [found] });
const many = (count: number, item: unknown): unknown[] => Array.from({ length: count }, () => item);

function specOf(input: Readonly<Record<string, unknown>>) {
	return (only(input) as ClusterNetworkPolicy).spec;
}

describe('a ClusterNetworkPolicy', () => {
	test.each([
		[
			'an unknown tier',
			cluster({ tier: 'NetworkPolicy' }),
			'spec.tier: found "NetworkPolicy", expected Admin or Baseline',
		],
		['no priority', cluster({ priority: null }), 'spec.priority: missing'],
		['a priority too high', cluster({ priority: 1001 }), 'spec.priority: found 1001, expected a number from 0 to 1000'],
		['a priority in quotes', cluster({ priority: '1' }), 'spec.priority: found "1"'],
		['no subject', cluster({ subject: null }), 'spec.subject: missing'],
		[
			'two subjects',
			cluster({ subject: { namespaces: {}, pods: { podSelector: {} } } }),
			'spec.subject: found namespaces and pods, expected exactly one',
		],
		[
			'26 rules',
			cluster({ ingress: many(26, { action: 'Deny', from: everyone }) }),
			'spec.ingress: found a list of 26, expected at most 25',
		],
		['26 peers', ingress({ from: many(26, { namespaces: {} }) }), 'from: found a list of 26, expected at most 25'],
		['no peers', ingress({ from: [] }), 'from: found a list of 0, expected at least 1'],
		['no protocols', ingress({ protocols: [] }), 'protocols: found a list of 0, expected at least 1'],
		['an unknown action', ingress({ action: 'Allow' }), 'action: found "Allow", expected Accept or Deny or Pass'],
		['a name too long', ingress({ name: 'a'.repeat(101) }), 'name: found'],
		[
			'two peers in one',
			ingress({ from: [{ namespaces: {}, pods: { podSelector: {} } }] }),
			'from[0]: found namespaces and pods',
		],
		[
			'pods without a selector',
			ingress({ from: [{ pods: { namespaceSelector: {} } }] }),
			'from[0].pods.podSelector: missing',
		],
		[
			'an unknown field of a selector',
			ingress({ from: [{ namespaces: { sameLabels: [] } }] }),
			'from[0].namespaces.sameLabels: unknown or unsupported field',
		],
		['an unknown field of a rule', ingress({ ports: [] }), 'spec.ingress[0].ports: unknown or unsupported field'],
		['an unknown field of the spec', cluster({ egresss: [] }), 'spec.egresss: unknown or unsupported field'],
		['a network that is none', egress({ to: [{ networks: ['10.0.0.1'] }] }), 'to[0].networks[0]: found "10.0.0.1"'],
		[
			'a network twice',
			egress({ to: [{ networks: ['10.0.0.0/8', '10.0.0.0/8'] }] }),
			'to[0].networks[1]: found "10.0.0.0/8", expected each once',
		],
		[
			'a name with a star within',
			egress({ action: 'Accept', to: [{ domainNames: ['a.*.b'] }] }),
			'to[0].domainNames[0]: found "a.*.b"',
		],
		[
			'a name of one label',
			egress({ action: 'Accept', to: [{ domainNames: ['localhost'] }] }),
			'to[0].domainNames[0]: found "localhost"',
		],
		[
			'names denied',
			egress({ to: [{ domainNames: ['a.b'] }] }),
			'to[0].domainNames: found in a rule that does not accept',
		],
		[
			'named ports of nodes',
			egress({ to: [{ nodes: {} }], protocols: [{ destinationNamedPort: 'a' }] }),
			'protocols[0].destinationNamedPort: found with nodes',
		],
		['nodes on ingress', { ...ingress({}), status: {}, extra: 1 }, 'extra: unknown or unsupported field'],
		[
			'two protocols in one',
			protocol({ tcp: { destinationPort: { number: 1 } }, udp: { destinationPort: { number: 1 } } }),
			'protocols[0]: found tcp and udp',
		],
		['port 0', protocol({ tcp: { destinationPort: { number: 0 } } }), 'tcp.destinationPort.number: found 0'],
		[
			'a number and a range',
			protocol({ tcp: { destinationPort: { number: 1, range: { start: 1, end: 2 } } } }),
			'tcp.destinationPort: found number and range',
		],
		[
			'a range that ends where it starts',
			protocol({ udp: { destinationPort: { range: { start: 2, end: 2 } } } }),
			'udp.destinationPort.range.end: found 2, expected more than 2',
		],
		['a port name that is none', protocol({ destinationNamedPort: '80' }), 'destinationNamedPort: found "80"'],
	])('with %s is refused', (_, input, wrong) => {
		expect(wrongs(input)).toEqual([expect.stringContaining(wrong)]);
	});

	test('selects every namespace where pods name none', () => {
		const { ingress: rules } = specOf(ingress({ from: [{ pods: { podSelector: {} } }] }));
		expect(rules![0]!.from).toEqual([{ pods: { namespaceSelector: {}, podSelector: {} } }]);
	});

	test('has networks in canonical form', () => {
		expect(specOf(egress({ to: [{ networks: ['10.1.2.3/8', 'FD00::1/8', '10.0.0.0/8'] }] })).egress![0]!.to).toEqual([
			{ networks: ['10.0.0.0/8', 'fd00::/8'] },
		]);
	});
});

describe('an option that is not known', () => {
	test.each<[string, Readonly<Record<string, unknown>>, string]>([
		['a peer', ingress({ from: [{ services: {} }] }), 'spec.ingress[0].from[0].services'],
		[
			'a peer of egress on ingress',
			ingress({ from: [{ networks: ['10.0.0.0/8'] }] }),
			'spec.ingress[0].from[0].networks',
		],
		['a peer without any', ingress({ from: [{}] }), 'spec.ingress[0].from[0]'],
		['a peer beside a known one', egress({ to: [{ namespaces: {}, later: 1 }] }), 'spec.egress[0].to[0].later'],
		['a protocol', protocol({ icmp: {} }), 'spec.ingress[0].protocols[0].icmp'],
		['a protocol without any', protocol({}), 'spec.ingress[0].protocols[0]'],
		['what a protocol asks', protocol({ tcp: { flags: [] } }), 'spec.ingress[0].protocols[0].tcp.flags'],
		['what a protocol no longer asks', protocol({ tcp: {} }), 'spec.ingress[0].protocols[0].tcp'],
		[
			'what a port is',
			protocol({ tcp: { destinationPort: { set: [1] } } }),
			'spec.ingress[0].protocols[0].tcp.destinationPort.set',
		],
		[
			'what a port is no longer',
			protocol({ tcp: { destinationPort: {} } }),
			'spec.ingress[0].protocols[0].tcp.destinationPort',
		],
		['a subject', cluster({ subject: { serviceAccounts: {} } }), 'spec.subject.serviceAccounts'],
		['a subject without any', cluster({ subject: {} }), 'spec.subject'],
	])('%s is left empty, and a warning', (_, input, path) => {
		const { documents, issues, warnings } = readDocuments([input]);
		const { ingress: rules, egress: others, subject } = (documents[0] as ClusterNetworkPolicy).spec;
		expect(issues).toEqual([]);
		expect(warnings.map((warning) => [formatPath(warning.path), warning.message])).toEqual([
			[path, expect.stringContaining('fails closed')],
		]);
		const [rule] = rules ?? [];
		const parts = [subject, rule?.from[0], rule?.protocols?.[0], others?.[0]?.to[0]];
		expect(parts.filter((part) => part !== undefined && Object.keys(part).length === 0)).toHaveLength(1);
	});
});
