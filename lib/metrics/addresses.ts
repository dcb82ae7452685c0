import type { Family, Sample } from './family.js';
import type { MeasuredIpam, MetricsView } from './view.js';

const ADDRESS_BITS = { ipv4: 32, ipv6: 128 } as const;

type FamilyName = keyof typeof ADDRESS_BITS;

/** Addresses: those of the agent's pools, or without an agent those that endpoints were given. */
export const ADDRESS_FAMILIES: readonly Family[] = [
	{
		name: 'cilium_ip_addresses',
		help: 'Number of allocated IP addresses',
		type: 'gauge',
		labels: ['family'],
		samples: (view) => (view.ipam === undefined ? addressesOfEndpoints(view) : addressesOfPools(view.ipam)),
	},
	{
		name: 'cilium_ipam_capacity',
		help: 'Total number of IPs in the IPAM pool labeled by family: addresses of the blocks that this node holds',
		type: 'gauge',
		labels: ['family', 'pool'],
		samples: ({ ipam }) => (ipam === undefined ? [] : capacities(ipam)),
	},
	{
		name: 'heddle_ipam_pool_owners',
		help: 'Owners of addresses of a pool: in use, pending (planned) or reserved (released and kept)',
		type: 'gauge',
		labels: ['pool', 'state'],
		samples: ({ ipam }) => (ipam === undefined ? [] : owners(ipam)),
	},
];

function* addressesOfEndpoints({ endpoints }: MetricsView): Generator<Sample> {
	yield* noneYet();
	for (const { addresses } of endpoints.values()) {
		yield* addresses.map((address): Sample => [{ family: familyOf(address) }, 1]);
	}
}

function* addressesOfPools(ipam: MeasuredIpam): Generator<Sample> {
	yield* noneYet();
	for (const { ipv4, ipv6 } of ipam.allocations()) {
		yield [{ family: 'ipv4' }, ipv4 === undefined ? 0 : 1];
		yield [{ family: 'ipv6' }, ipv6 === undefined ? 0 : 1];
	}
}

/** A family without addresses has zero of them, and is not missing. */
function noneYet(): Sample[] {
	return [
		[{ family: 'ipv4' }, 0],
		[{ family: 'ipv6' }, 0],
	];
}

function* capacities(ipam: MeasuredIpam): Generator<Sample> {
	for (const pool of ipam.pools) {
		for (const block of ipam.usage(pool).blocks) {
			const family = familyOf(block);
			const prefixLength = Number(block.slice(block.indexOf('/') + 1));
			yield [{ family, pool }, 2 ** (ADDRESS_BITS[family] - prefixLength)];
		}
	}
}

function* owners(ipam: MeasuredIpam): Generator<Sample> {
	for (const pool of ipam.pools) {
		const { inUse, pending, reserved } = ipam.usage(pool);
		yield [{ pool, state: 'in-use' }, inUse];
		yield [{ pool, state: 'pending' }, pending];
		yield [{ pool, state: 'reserved' }, reserved];
	}
}

function familyOf(address: string): FamilyName {
	return address.includes(':') ? 'ipv6' : 'ipv4';
}
