import type { NetworkAttachItem } from '../datapath/networks.js';
import type { AddressPlan } from '../ipam/ipam.js';
import type { StoreChange } from '../store/store.js';
import { Netlink, netns } from '../native/addon.js';
import { addHostRoutes } from './host-routes.js';
import { addressesOf, makeInterface, raiseInterface, raiseLoopback } from './interface.js';
import type { MadeInterface } from './interface.js';
import { ownerOf } from './owners.js';
import { addressRequestsOf, withAttachments } from './plan.js';
import type { Draft } from './plan.js';
import type { PodParts } from './pod-parts.js';
import type { AttachmentRow, PodRow } from './pod-row.js';
import { STICKY_KIND } from './pod-table.js';
import { takeDown } from './take-down.js';

/** Namespaces that are open at a time, and pods that share a grace period of the kernel. */
const BATCH = 256;

/** A pod with what is to be made of it now. */
interface Work {
	readonly row: PodRow;
	readonly fresh: readonly AttachmentRow[];
}

/**
 * Makes all of them or none. On disk before the first interface is there: whatever ends this process, the next one knows
 * what to take down. Policy is in the kernel before an interface is up.
 */
export async function attachDrafts(parts: PodParts, drafts: readonly Draft[]): Promise<readonly PodRow[]> {
	const addresses = parts.ipam.plan(drafts.flatMap((draft) => addressRequestsOf(parts, draft)));
	let works: Work[] = [];
	try {
		works = planWorks(parts, drafts, addresses);
		parts.table.save(works.map(({ row }) => row));
		for (let first = 0; first < works.length; first += BATCH) {
			await makeAll(parts, works.slice(first, first + BATCH));
		}
		const ready = works.map(({ row }) => readyRow(row));
		parts.table.save(ready, stickyNoMore(works));
		addresses.commit();
		return ready;
	} catch (error) {
		await undo(parts, drafts, works);
		addresses.discard();
		throw error;
	}
}

function planWorks(parts: PodParts, drafts: readonly Draft[], { allocations }: AddressPlan): Work[] {
	let next = 0;
	return drafts.map((draft) => {
		const count = draft.requests.length;
		const row = withAttachments(parts, draft, allocations.slice(next, next + count));
		next += count;
		return { row, fresh: row.attachments.slice(-count) };
	});
}

async function makeAll(parts: PodParts, works: readonly Work[]): Promise<void> {
	const pods: OpenPod[] = [];
	try {
		for (const work of works) {
			const pod = openPod(work);
			pods.push(pod);
			makeInterfaces(parts, pod);
		}
		const items = works.flatMap(({ row, fresh }) => fresh.map((one) => itemOf(parts, row, one)));
		const endpoints = await parts.datapath.attachMany(items);
		items.forEach((item, i) => parts.table.bind(String(item.interface), endpoints[i]!));
		for (const { work, inside, made } of pods) {
			work.fresh.forEach((one, i) => {
				raiseInterface(parts.netlink, inside, made[i]!, one);
				addHostRoutes(parts, made[i]!.ifindex, one);
			});
		}
	} finally {
		pods.forEach(closePod);
	}
}

/** While its interfaces are made. */
interface OpenPod {
	readonly work: Work;
	readonly netns: number;
	readonly inside: Netlink;
	/** In the order of the work's attachments. */
	readonly made: MadeInterface[];
}

function openPod(work: Work): OpenPod {
	const fd = netns.open(work.row.netns);
	try {
		return { work, netns: fd, inside: new Netlink(fd), made: [] };
	} catch (error) {
		netns.close(fd);
		throw error;
	}
}

function closePod({ inside, netns: fd }: OpenPod): void {
	inside.close();
	netns.close(fd);
}

function makeInterfaces(parts: PodParts, { work, inside, netns: fd, made }: OpenPod): void {
	raiseLoopback(inside);
	for (const one of work.fresh) {
		made.push(makeInterface(parts.netlink, inside, fd, one, parts.interfaces));
	}
}

export function itemOf(parts: PodParts, row: PodRow, attachment: AttachmentRow): NetworkAttachItem {
	const { namespace, name, namedPorts } = row.pod;
	return {
		network: attachment.network,
		interface: attachment.hostInterface,
		options: {
			name: attachment.primary ? name : `${name}-${attachment.interface}`,
			labels: parts.labelsOf(row, attachment.network),
			addresses: addressesOf(attachment),
			pod: { namespace, name },
			mac: attachment.mac,
			podInterface: attachment.interface,
			...(namedPorts === undefined ? {} : { namedPorts }),
		},
	};
}

function readyRow(row: PodRow): PodRow {
	return { ...row, attachments: row.attachments.map((one) => ({ ...one, state: 'ready' as const })) };
}

/** In use: its row says which addresses. */
function stickyNoMore(works: readonly Work[]): StoreChange[] {
	return works.flatMap(({ row, fresh }) =>
		(row.sticky ? fresh : []).map(({ network }) => ({
			kind: STICKY_KIND,
			key: ownerOf(row, network),
			value: undefined,
		})),
	);
}

/** What the state file cannot be told now, the next process finds in it and does again. */
async function undo(parts: PodParts, drafts: readonly Draft[], works: readonly Work[]): Promise<void> {
	await takeDown(
		parts,
		works.flatMap(({ fresh }) => fresh),
	);
	const former = drafts.slice(0, works.length).map(({ row }) => row);
	try {
		parts.table.save(former);
	} catch {
		// The error that led here tells the caller.
		former.forEach(parts.table.replace);
	}
}
