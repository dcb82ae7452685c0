import type { Endpoint } from '../datapath/endpoint.js';
import { isHeddleError } from '../errors.js';
import type { Allocation } from '../ipam/ipam.js';
import { createLabelSet } from '../labels/label-set.js';
import type { LabelSet } from '../labels/label-set.js';
import type { Store } from '../store/store.js';
import { itemOf } from './attach.js';
import { detachRows } from './detach.js';
import type { Removal } from './detach.js';
import { settleHostRoutes } from './host-routes.js';
import { ownerOf } from './owners.js';
import type { PodParts } from './pod-parts.js';
import type { AttachmentRow, PodRow } from './pod-row.js';
import { STICKY_KIND } from './pod-table.js';

interface Found {
	readonly row: PodRow;
	readonly attachment: AttachmentRow;
}

/** After a restart: what is whole goes on as it is, what lost its programs gets them, and what is half made goes. */
export async function reconcile(parts: PodParts, store: Store): Promise<void> {
	adoptAddresses(parts, store);
	bindEndpoints(parts);
	const links = new Map(parts.netlink.links().map((link) => [link.name, link]));
	const all = [...parts.table].flatMap((row) => row.attachments.map((attachment) => ({ row, attachment })));
	const isWhole = ({ attachment }: Found) =>
		attachment.state === 'ready' && links.get(attachment.hostInterface)?.mac === attachment.hostMac;
	const whole = all.filter(isWhole);
	const lost = await regain(
		parts,
		whole.filter(({ attachment }) => parts.table.endpoint(attachment.hostInterface) === undefined),
	);
	await detachRows(parts, removalsOf([...all.filter((found) => !isWhole(found)), ...lost]));
	settleHostRoutes(parts);
	refreshLabels(parts);
}

/** Those in use first: what was half made may have lost its addresses to somebody else since. */
function adoptAddresses({ ipam, table }: PodParts, store: Store): void {
	const all = [...table].flatMap((row) => row.attachments.map((attachment) => ({ row, attachment })));
	const isReady = ({ attachment }: Found) => attachment.state === 'ready';
	all.filter(isReady).forEach((found) => ipam.adopt(allocationOf(found)));
	for (const found of all.filter((one) => !isReady(one))) {
		try {
			ipam.adopt(allocationOf(found));
		} catch {
			// They are not its own any more, and nothing waits for it.
		}
	}
	for (const [owner, allocation] of store.all(STICKY_KIND) as ReadonlyMap<string, Allocation>) {
		if (ipam.get(owner) === undefined) {
			ipam.adopt(allocation, { reserved: true });
		}
	}
}

function allocationOf({ row, attachment: { network, ipv4, ipv4Pool, ipv6, ipv6Pool } }: Found): Allocation {
	return {
		owner: ownerOf(row, network),
		...(ipv4 === undefined || ipv4Pool === undefined ? {} : { ipv4, ipv4Pool }),
		...(ipv6 === undefined || ipv6Pool === undefined ? {} : { ipv6, ipv6Pool }),
	};
}

function bindEndpoints({ datapath, table }: PodParts): void {
	for (const endpoint of datapath.endpoints.values()) {
		table.bind(endpoint.interface.name, endpoint);
	}
}

/** The pins are gone, the interfaces are not: programs again, and down until they are there. Those that cannot have them are returned. */
async function regain(parts: PodParts, found: readonly Found[]): Promise<readonly Found[]> {
	const lost: Found[] = [];
	for (const one of found) {
		const { ifindex } = parts.netlink.link(one.attachment.hostInterface)!;
		parts.netlink.setLink(ifindex, { up: false });
		if (await attachAgain(parts, one)) {
			parts.netlink.setLink(ifindex, { up: true });
		} else {
			lost.push(one);
		}
	}
	return lost;
}

async function attachAgain(parts: PodParts, { row, attachment }: Found): Promise<boolean> {
	try {
		const [endpoint] = await parts.datapath.attachMany([itemOf(parts, row, attachment)]);
		parts.table.bind(attachment.hostInterface, endpoint!);
		return true;
	} catch (error) {
		if (isHeddleError(error)) {
			return false;
		}
		throw error;
	}
}

function removalsOf(found: readonly Found[]): Removal[] {
	const byRow = new Map<PodRow, AttachmentRow[]>();
	for (const { row, attachment } of found) {
		byRow.set(row, [...(byRow.get(row) ?? []), attachment]);
	}
	return Array.from(byRow, ([row, attachments]) => ({ row, attachments }));
}

/** A process that ended between writing labels down and the kernel's change of them. */
function refreshLabels(parts: PodParts): void {
	parts.datapath.transaction(() => {
		for (const row of parts.table) {
			for (const { network, hostInterface } of row.attachments) {
				relabelWhereOther(parts.table.endpoint(hostInterface), parts.labelsOf(row, network));
			}
		}
	});
}

function relabelWhereOther(endpoint: Endpoint | undefined, labels: LabelSet): void {
	if (endpoint !== undefined && createLabelSet(endpoint.identity.labels).key !== labels.key) {
		endpoint.relabel(labels);
	}
}
