import type { Agent } from '../agent.js';
import type { Endpoint } from '../../datapath/endpoint.js';
import type { Identity } from '../../datapath/types.js';

/** What the lists of `heddle endpoint`, `identity`, `network` and `ip` tell, as plain data. */
export function endpointsOf({ datapath }: Agent): object[] {
	return [...datapath.endpoints.values()].map(plainEndpoint);
}

function plainEndpoint(endpoint: Endpoint): object {
	const {
		id,
		name,
		network,
		addresses,
		pod,
		identity,
		mac,
		detached,
		audit,
		enforcement,
		enforced,
		aggregation,
		sampling,
	} = endpoint;
	return {
		id,
		name,
		pod,
		network: network.name,
		interface: endpoint.interface,
		mac,
		addresses,
		identity: plainIdentity(identity),
		enforcement,
		enforced,
		audit,
		aggregation,
		sampling,
		status: detached ? 'disconnected' : 'ready',
		drops: detached ? [] : endpoint.stats().drops,
	};
}

export function identitiesOf({ datapath }: Agent): object[] {
	const users = new Map<number, number>();
	for (const { identity } of datapath.endpoints.values()) {
		users.set(identity.id, (users.get(identity.id) ?? 0) + 1);
	}
	return Array.from(datapath.identities, (identity) => ({
		...plainIdentity(identity),
		endpoints: users.get(identity.id) ?? 0,
	})).sort((a, b) => a.id - b.id);
}

function plainIdentity({ id, kind, name, labels }: Identity) {
	return { id: Number(id), kind, ...(name === undefined ? {} : { name }), labels };
}

export function networksOf({ datapath, documents }: Agent): object[] {
	const specs = new Map(
		[...documents].flatMap((one) => (one.kind === 'IsovalentPodNetwork' ? [[one.metadata.name, one.spec]] : [])),
	);
	return Array.from(datapath.networks, ({ id, name, gateways, hostRouting, endpoints }) => {
		const { ipam, routes = [] } = specs.get(name) ?? {};
		return { id, name, pool: ipam?.pool.name ?? name, routes, gateways, hostRouting, endpoints: [...endpoints].length };
	});
}

/** Addresses that pods have, and those that are kept for pods to come back. */
export function addressesOf({ datapath, ipam }: Agent): object[] {
	const used = new Map<string, object>();
	for (const { id, name, pod, network, identity, addresses } of datapath.endpoints.values()) {
		for (const ip of addresses) {
			const row = { ip, network: network.name, identity: Number(identity.id), endpoint: id, name, pod };
			used.set(`${network.name} ${ip}`, { ...row, labels: identity.labels, state: 'used' });
		}
	}
	const kept = Array.from(ipam.allocations(), ({ owner, ipv4, ipv6 }) => {
		// An owner's name ends with the network, whose names have no slash.
		const network = owner.slice(owner.lastIndexOf('/') + 1);
		const ips = [ipv4, ipv6].filter((ip) => ip !== undefined && !used.has(`${network} ${ip}`));
		return ips.map((ip) => ({ ip, network, owner, state: 'kept' }));
	});
	return [...used.values(), ...kept.flat()];
}
