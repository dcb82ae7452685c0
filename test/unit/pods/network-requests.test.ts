import { describe, expect, it } from 'vitest';

import { networkRequestsOf, networkStatus } from '../../../lib/index.js';

const OWN = 'network.v1alpha1.isovalent.com/pod-networks';
const MULTUS = 'k8s.v1.cni.cncf.io/networks';

const requests = (annotations: Record<string, string>) =>
	networkRequestsOf({ namespace: 'ns', name: 'p', annotations }).map(
		({ network, interface: name, primary, ...more }) => [network, name, primary, more] as const,
	);

describe('a pod asks for', () => {
	it('the default network, where it says nothing', () => {
		expect(requests({})).toEqual([['default', 'eth0', true, {}]]);
	});

	it('the networks of its annotation, the first one as the primary', () => {
		expect(requests({ [OWN]: 'jupiter, default,mars' })).toEqual([
			['jupiter', 'eth0', true, {}],
			['default', 'cil1', false, {}],
			['mars', 'cil2', false, {}],
		]);
	});

	it('those of the short form behind them', () => {
		expect(requests({ [MULTUS]: 'jupiter, ns/mars@net7' })).toEqual([
			['default', 'eth0', true, {}],
			['jupiter', 'cil1', false, {}],
			['mars', 'net7', false, {}],
		]);
	});

	it('those of the form in JSON, with all that it says of them', () => {
		const selection = {
			name: 'jupiter',
			namespace: 'ns',
			interface: 'net1',
			ips: ['192.168.16.9/24', 'fd00:16::9'],
			mac: '02:00:00:00:00:0A',
			'default-route': ['192.168.0.1'],
		};
		expect(requests({ [OWN]: 'default', [MULTUS]: JSON.stringify([selection]) })[1]).toEqual([
			'jupiter',
			'net1',
			false,
			{ ips: ['192.168.16.9', 'fd00:16::9'], mac: '02:00:00:00:00:0a', defaultRoute: ['192.168.0.1'] },
		]);
	});
});

describe('an annotation is refused, by code and field, that', () => {
	const at = (path: string) => `metadata.annotations['${MULTUS}']${path}`;
	const json = (selection: object) => ({ [MULTUS]: JSON.stringify([{ name: 'jupiter', ...selection }]) });

	it.each<[string, Record<string, string>, string, string]>([
		['names a network twice', { [OWN]: 'default,default' }, 'ERR_DUPLICATE_NETWORK', 'networks[1]'],
		[
			'names one of the other annotation',
			{ [OWN]: 'jupiter', [MULTUS]: 'jupiter' },
			'ERR_DUPLICATE_NETWORK',
			'networks[1]',
		],
		['has an empty name', { [OWN]: 'default,' }, 'ERR_INVALID_ARGUMENT', `metadata.annotations['${OWN}'][1]`],
		['is no JSON', { [MULTUS]: '[{"name": "jupiter"' }, 'ERR_INVALID_ARGUMENT', at('')],
		['has a list of texts', { [MULTUS]: '["jupiter"]' }, 'ERR_INVALID_ARGUMENT', at('[0]')],
		['has no name', { [MULTUS]: '[{}]' }, 'ERR_INVALID_ARGUMENT', at('[0].name')],
		['has an unknown field', json({ vlan: 3 }), 'ERR_INVALID_ARGUMENT', at('[0].vlan')],
		['asks for what nobody does', json({ bandwidth: {} }), 'ERR_INVALID_ARGUMENT', at('[0].bandwidth')],
		['is of another namespace', { [MULTUS]: 'other/jupiter' }, 'ERR_INVALID_ARGUMENT', at('[0].namespace')],
		['has a multicast MAC', json({ mac: '03:00:00:00:00:01' }), 'ERR_INVALID_ARGUMENT', at('[0].mac')],
		['has a MAC of nothing', json({ mac: '00:00:00:00:00:00' }), 'ERR_INVALID_ARGUMENT', at('[0].mac')],
		['has addresses that are none', json({ ips: ['x'] }), 'ERR_INVALID_ARGUMENT', at('[0].ips[0]')],
		['has two of a family', json({ ips: ['10.0.0.1', '10.0.0.2'] }), 'ERR_INVALID_ARGUMENT', at('[0].ips[1]')],
		['has a loopback address', json({ ips: ['127.0.0.1'] }), 'ERR_INVALID_ARGUMENT', at('[0].ips[0]')],
		['has a name too long', json({ interface: 'sixteen-letters-' }), 'ERR_INVALID_ARGUMENT', at('[0].interface')],
		['has the name of another', json({ interface: 'eth0' }), 'ERR_NAME_TAKEN', 'networks[1].interface'],
		['wants lo', { [MULTUS]: 'jupiter@lo' }, 'ERR_INVALID_ARGUMENT', at('[0].interface')],
		['has two parts too many', { [MULTUS]: 'a/b/c' }, 'ERR_INVALID_ARGUMENT', at('')],
	])('%s', (_, annotations, code, field) => {
		expect(() => requests(annotations)).toThrow(expect.objectContaining({ code, field }));
	});

	it('wants two default routes of a family', () => {
		const selections = ['a', 'b'].map((name) => ({ name, 'default-route': ['10.0.0.1'] }));
		expect(() => requests({ [MULTUS]: JSON.stringify(selections) })).toThrow(
			expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', field: 'networks[2].defaultRoute' }),
		);
	});
});

describe('the status of networks', () => {
	it('is as the standard has it', () => {
		const status = networkStatus([
			{
				network: 'default',
				interface: 'eth0',
				ipv4: '10.10.0.2',
				ipv6: 'fd00:10::2',
				mac: '02:00:00:00:00:01',
				mtu: 1500,
				primary: true,
				routes: [{ destination: '0.0.0.0/0', gateway: '169.254.1.1' }],
			},
			{
				network: 'jupiter',
				interface: 'cil1',
				ipv4: '192.168.16.2',
				mac: '02:00:00:00:00:02',
				mtu: 1400,
				primary: false,
				routes: [],
			},
		]);
		expect(JSON.parse(status)).toEqual([
			{
				name: 'default',
				interface: 'eth0',
				ips: ['10.10.0.2', 'fd00:10::2'],
				mac: '02:00:00:00:00:01',
				mtu: 1500,
				default: true,
				dns: {},
				gateway: ['169.254.1.1'],
			},
			{
				name: 'jupiter',
				interface: 'cil1',
				ips: ['192.168.16.2'],
				mac: '02:00:00:00:00:02',
				mtu: 1400,
				default: false,
				dns: {},
			},
		]);
	});
});
