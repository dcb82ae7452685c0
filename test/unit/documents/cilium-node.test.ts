import { describe, expect, it } from 'vitest';
import { readDocuments } from '../../../lib/documents/parse.js';

const node = (spec: string) => `
apiVersion: cilium.io/v2
kind: CiliumNode
metadata: { name: node-1, ownerReferences: [] }
spec: ${spec}
status: { ipam: { operator-status: {} } }
`;

describe('a CiliumNode', () => {
	it('is read as a cluster has it: what an operator granted and a node asked for', () => {
		const text = node(
			`{
			addresses: [{ ip: 10.1.0.1, type: InternalIP }], health: { ipv4: 10.0.0.1 }, encryption: {}, bootid: x,
			ipam: { podCIDRs: [10.0.0.0/24], pools: {
				requested: [{ pool: default, needed: { ipv4-addrs: 16, ipv6-addrs: 8 } }],
				allocated: [{ pool: default, cidrs: [10.9.0.3/30, "fd00::/120"] }] } } }`.replaceAll('\t', ' '),
		);
		const { documents, issues } = readDocuments([text]);
		expect(issues).toEqual([]);
		expect(documents[0]).toMatchObject({
			kind: 'CiliumNode',
			spec: {
				ipam: {
					pools: {
						requested: [{ pool: 'default', needed: { 'ipv4-addrs': 16, 'ipv6-addrs': 8 } }],
						allocated: [{ pool: 'default', cidrs: ['10.9.0.0/30', 'fd00::/120'] }],
					},
				},
			},
		});
	});

	it.each([
		['[{ pool: a, cidrs: [10.0.0.0/33] }]', /allocated\[0\]\.cidrs\[0\]/],
		['[{ pool: a, cidrs: [10.0.0.0/24, 10.0.0.128/25] }]', /allocated\[0\]\.cidrs\[1\].*10\.0\.0\.0\/24/],
		['[{ pool: a, cidrs: [] }, { pool: a, cidrs: [] }]', /allocated\[1\]\.pool.*every pool once/],
		['[{ cidrs: [] }]', /allocated\[0\]\.pool.*missing/],
		['[{ pool: a, cidr: 10.0.0.0/8 }]', /allocated\[0\]\.cidr: unknown/],
	])('is refused with allocated: %s', (allocated, message) => {
		const { issues } = readDocuments([node(`{ ipam: { pools: { allocated: ${allocated} } } }`)]);
		expect(issues.map(({ path, message: text }) => `${formatPath(path)}: ${text}`).join('\n')).toMatch(message);
	});
});

function formatPath(path: readonly (string | number)[]): string {
	return path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
}
