import * as abi from '../abi/generated.js';
import type { Hook, LinkInfo } from '../native/addon.js';
import { formatMac } from '../addresses/address.js';
import type { Admission, EndpointRecord } from './admission.js';
import { aggregationOf } from './aggregation.js';
import { linkName } from './attach.js';
import type { EndpointState } from './endpoint.js';
import { openLink } from './restore-link.js';
import { keepDrops } from './stats.js';
import type { Enforcement, EndpointId } from './types.js';

const ENFORCEMENTS: readonly Enforcement[] = ['default', 'always', 'never'];
const HOOKS: readonly Hook[] = ['ingress', 'egress'];

/** Endpoints of a former process. Those whose interface or programs are gone are cleaned away. */
export function restoreEndpoints(admission: Admission, networkName: (id: number) => string | undefined): void {
	const { core, table, registry, addresses, identities, store } = admission;
	const present = new Map(core.netlink.links().map((link) => [link.ifindex, link]));
	const gone: { id: EndpointId; network: { name: string } }[] = [];
	for (const { id, value } of core.records.all<EndpointRecord>(abi.RecordKind.Endpoint)) {
		const state = restoreOne(admission, id, value, present.get(value.interface.index), networkName);
		if (state === undefined) {
			gone.push({ id: id as EndpointId, network: { name: networkName(table.get(id)?.network ?? 0) ?? '' } });
			core.records.delete(abi.RecordKind.Endpoint, id);
			HOOKS.forEach((hook) => core.pins?.unpinLink(linkName(id, hook)));
			continue;
		}
		table.adopt(id);
		registry.add(state);
		identities.retain(state.identity);
		store.ensure(state.identity, table.get(id)?.policySet);
		admission.describe(state.identity);
	}
	keepDrops(core, gone);
	const isPresent = (id: number) => registry.get(id) !== undefined;
	addresses.sweepEndpoints(isPresent);
	table.sweep(isPresent);
	unpinOthers(admission);
}

function restoreOne(
	{ core, table, identities }: Admission,
	id: number,
	record: EndpointRecord,
	link: LinkInfo | undefined,
	networkName: (id: number) => string | undefined,
): EndpointState | undefined {
	const value = table.get(id);
	const identity = value === undefined ? undefined : identities.get(value.identity);
	const network = value === undefined ? undefined : networkName(value.network);
	if (
		value === undefined ||
		identity === undefined ||
		network === undefined ||
		link?.mac !== formatMac(value.hostMac)
	) {
		return undefined;
	}
	const links = HOOKS.map((hook) =>
		openLink(core.pins?.linkPath(linkName(id, hook)), link.ifindex, hook, core.attachMode),
	);
	const whole = links.filter((one) => one !== undefined);
	if (whole.length < HOOKS.length) {
		whole.forEach((one) => one.close());
		return undefined;
	}
	return {
		id: id as EndpointId,
		name: record.name,
		network: { id: value.network as EndpointState['network']['id'], name: network },
		interface: { ...record.interface, name: link.name },
		addresses: Object.freeze(record.addresses),
		pod: record.pod,
		namedPorts: record.namedPorts ?? [],
		mac: formatMac(value.mac),
		identity,
		enforcement: ENFORCEMENTS[value.enforcement] ?? 'default',
		audit: value.audit === 1,
		aggregation: aggregationOf(value.aggregation),
		sampling: Math.max(1, value.sampling),
		links: whole,
		detaching: undefined,
		detached: false,
	};
}

function unpinOthers({ core, registry }: Admission): void {
	for (const name of core.pins?.linkNames() ?? []) {
		if (/^\d/.test(name) && registry.get(Number.parseInt(name, 10)) === undefined) {
			core.pins?.unpinLink(name);
		}
	}
}
