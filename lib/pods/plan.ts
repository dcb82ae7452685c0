import { HeddleError, describeValue, invalidArgument, wrapNative } from '../errors.js';
import type { ChosenPools } from '../ipam/choose-pools.js';
import type { AddressRequest, Allocation } from '../ipam/ipam.js';
import { Netlink, netns } from '../native/addon.js';
import { gatewaysFor, refuseGateways } from './gateways.js';
import { hostInterfaceName, macAddress } from './names.js';
import { nameRequests, networkRequestsOf } from './network-requests.js';
import type { NamedRequest } from './network-requests.js';
import { ownerOf } from './owners.js';
import type { PodDescription, PodRequest } from './pod-request.js';
import type { PodNetwork, PodNetworks } from './pod-networks.js';
import type { AttachmentRow, PodRow } from './pod-row.js';
import { checkRoutes, familyOf, routesOf } from './routes.js';

export interface PlanParts {
	readonly networks: PodNetworks;
	/** Networks to whose pods the host has routes. */
	readonly hostRoutes: ReadonlySet<string>;
	/** Bytes, where a network says nothing. */
	readonly mtu: number;
	/** Of a pod on a network. */
	poolsOf(pod: PodDescription, network: PodNetwork): ChosenPools;
}

/** What an attachment is to be, before it has addresses. */
export interface Draft {
	readonly row: PodRow;
	readonly requests: readonly NamedRequest[];
}

const MAX_ID = 255;

/** @throws ERR_INVALID_ARGUMENT, ERR_NETNS, ERR_UNKNOWN_NETWORK, ERR_DUPLICATE_NETWORK, ERR_NAME_TAKEN */
export function draftPod({ networks }: PlanParts, request: PodRequest): Draft {
	const pod = checkPod(request.pod);
	const id = checkId(request.id ?? `${pod.namespace}/${pod.name}`);
	const requests = request.networks === undefined ? networkRequestsOf(pod) : nameRequests(request.networks);
	requests.forEach(({ network }, i) => networks.get(network, `networks[${i}].network`));
	const path = pathOf(request.netns);
	const netnsInode = inspectNamespace(path, (_, inode) => inode);
	return { row: { id, netns: path, netnsInode, pod, sticky: request.sticky === true, attachments: [] }, requests };
}

/** @throws ERR_ADDRESS_RESERVED */
export function addressRequestsOf({ networks, poolsOf }: PlanParts, { row, requests }: Draft): AddressRequest[] {
	return requests.map((request) => {
		const { network, ips = [] } = request;
		const except = gatewaysFor(networks.get(network), request);
		refuseGateways(request, except);
		const ipv4 = ips.find((address) => familyOf(address) === 4);
		const ipv6 = ips.find((address) => familyOf(address) === 6);
		return {
			owner: ownerOf(row, network),
			...poolsOf(row.pod, networks.get(network)),
			except,
			...(ipv4 === undefined ? {} : { ipv4 }),
			...(ipv6 === undefined ? {} : { ipv6 }),
		};
	});
}

/** The row with the new attachments, which are not made yet. @throws ERR_EXISTS where routes collide, ERR_INVALID_ARGUMENT */
export function withAttachments(parts: PlanParts, { row, requests }: Draft, addresses: readonly Allocation[]): PodRow {
	const fresh = requests.map((request, i) => attachmentOf(parts, row.id, request, addresses[i]!));
	const all = [...row.attachments, ...fresh];
	const attachments = all.map((one) =>
		fresh.includes(one) ? { ...one, routes: routesOf(one, parts.networks.get(one.network), all) } : one,
	);
	checkRoutes(attachments);
	return { ...row, attachments };
}

function attachmentOf(
	{ networks, hostRoutes, mtu: usual }: PlanParts,
	id: string,
	{ network, primary, interface: name, mac, defaultRoute }: NamedRequest,
	{ owner: _, ...addresses }: Allocation,
): AttachmentRow {
	return {
		network,
		primary,
		interface: name,
		hostInterface: hostInterfaceName(id, network),
		mac: mac ?? macAddress('pod', id, network),
		hostMac: macAddress('host', id, network),
		mtu: networks.get(network).mtu ?? usual,
		...addresses,
		...(defaultRoute === undefined ? {} : { defaultRoute }),
		...(hostRoutes.has(network) ? { hostRoutes: true } : {}),
		routes: [],
		state: 'attaching',
	};
}

/** @throws ERR_NETNS where there is none, or it is the agent's own */
export function inspectNamespace<T>(path: string, body: (inside: Netlink, inode: string) => T): T {
	let fd: number;
	try {
		fd = netns.open(path);
	} catch (error) {
		throw namespaceError(path, 'the path of a network namespace', error);
	}
	try {
		const inode = netns.inode(fd);
		if (inode === netns.inode()) {
			throw namespaceError(path, 'a namespace of the pod’s own, not the host’s');
		}
		const inside = wrapNative(() => new Netlink(fd), 'netns');
		try {
			return body(inside, String(inode));
		} finally {
			inside.close();
		}
	} finally {
		netns.close(fd);
	}
}

function namespaceError(path: string, expected: string, cause?: unknown): HeddleError {
	const reason = cause instanceof Error ? ` (${cause.message})` : '';
	return new HeddleError('ERR_NETNS', `netns: found ${describeValue(path)}, expected ${expected}${reason}`, {
		field: 'netns',
		found: path,
		expected,
		...(cause === undefined ? {} : { cause }),
	});
}

function pathOf(text: unknown): string {
	if (typeof text !== 'string' || text === '' || text.includes('\0')) {
		throw invalidArgument('netns', text, 'a path, or a name under /run/netns');
	}
	return text.includes('/') ? text : `/run/netns/${text}`;
}

function checkId(id: unknown): string {
	if (typeof id !== 'string' || id === '' || id.length > MAX_ID || /[\s\0]/.test(id)) {
		throw invalidArgument('id', id, `1 to ${MAX_ID} characters without white space`);
	}
	return id;
}

function checkPod(pod: PodDescription | undefined): PodRow['pod'] {
	if (typeof pod !== 'object' || pod === null) {
		throw invalidArgument('pod', pod, 'an object { namespace, name }');
	}
	for (const field of ['namespace', 'name'] as const) {
		if (typeof pod[field] !== 'string' || pod[field] === '' || pod[field].length > 253) {
			throw invalidArgument(`pod.${field}`, pod[field], 'a name of 1 to 253 characters');
		}
	}
	for (const field of ['labels', 'annotations'] as const) {
		checkTexts(pod[field], `pod.${field}`);
	}
	const { namespace, name, labels = {}, annotations, serviceAccount, namedPorts } = pod;
	return {
		namespace,
		name,
		labels,
		...(annotations === undefined ? {} : { annotations }),
		...(serviceAccount === undefined ? {} : { serviceAccount }),
		...(namedPorts === undefined ? {} : { namedPorts }),
	};
}

/** @throws ERR_INVALID_ARGUMENT */
export function checkTexts(found: unknown, field: string): void {
	if (found !== undefined && (typeof found !== 'object' || found === null || Array.isArray(found))) {
		throw invalidArgument(field, found, 'an object of texts');
	}
	for (const [key, value] of Object.entries(found ?? {})) {
		if (key === '' || typeof value !== 'string') {
			throw invalidArgument(`${field}['${key}']`, value, 'a string under a name that is not empty');
		}
	}
}
