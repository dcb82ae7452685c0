import { HeddleError, invalidArgument } from '../errors.js';
import type { Attachment } from '../pods/attachment.js';
import { attachDrafts } from '../pods/attach.js';
import { detachRows } from '../pods/detach.js';
import { stickyPrefix } from '../pods/owners.js';
import { checkTexts, draftPod } from '../pods/plan.js';
import { nameRequests } from '../pods/network-requests.js';
import type { NetworkRequest } from '../pods/network-requests.js';
import type { Draft } from '../pods/plan.js';
import type { PodDescription, PodRequest } from '../pods/pod-request.js';
import { STICKY_KIND } from '../pods/pod-table.js';
import type { PodRow } from '../pods/pod-row.js';
import type { AgentParts } from './agent-parts.js';
import { attachmentsOf } from './attachments.js';
import { describePod } from './document-table.js';
import { changeRows } from './relabel.js';

/** All or nothing. Pods that are there already stay as they are, with the labels asked for. */
export async function attachAll(
	parts: AgentParts,
	requests: readonly PodRequest[],
): Promise<(readonly Attachment[])[]> {
	const drafts = requests.map((request) => draftPod(parts, describedBy(parts, request)));
	refuseTwice(drafts);
	const known = new Map(drafts.map((draft) => [draft, parts.table.get(draft.row.id)]));
	const isSame = (draft: Draft) => known.get(draft)?.netnsInode === draft.row.netnsInode;
	drafts.filter(isSame).forEach((draft) => refuseOthers(draft, known.get(draft)!));
	const replaced = drafts.filter((draft) => !isSame(draft)).flatMap((draft) => known.get(draft) ?? []);
	if (replaced.length > 0) {
		await detachRows(
			parts,
			replaced.map((row) => ({ row })),
		);
	}
	await attachDrafts(
		parts,
		drafts.filter((draft) => !isSame(draft)),
	);
	changeRows(
		parts,
		drafts.filter(isSame).flatMap((draft) => relabelled(known.get(draft)!, draft.row.pod)),
	);
	return drafts.map(({ row }) => attachmentsOf(parts, row.id));
}

/** What a request leaves out, the pod's document tells. */
function describedBy({ documents }: AgentParts, request: PodRequest): PodRequest {
	const { namespace, name } = request.pod ?? {};
	const document = documents.find('Pod', String(name), String(namespace));
	return document === undefined ? request : { ...request, pod: { ...describePod(document), ...request.pod } };
}

function refuseTwice(drafts: readonly Draft[]): void {
	const ids = new Set<string>();
	for (const { row } of drafts) {
		if (ids.has(row.id)) {
			throw invalidArgument('id', row.id, 'every pod once');
		}
		ids.add(row.id);
	}
}

/** Who wants other networks for a pod that runs plugs and unplugs them. */
function refuseOthers({ row, requests }: Draft, known: PodRow): void {
	const asked = requests.map((one) => `${one.network}@${one.interface}`).join(', ');
	const found = known.attachments.map((one) => `${one.network}@${one.interface}`).join(', ');
	if (asked !== found) {
		throw new HeddleError('ERR_EXISTS', `pod ${row.id}: found it attached to ${found}, expected ${asked}`, {
			field: 'networks',
			found,
			expected: asked,
		});
	}
}

function relabelled(known: PodRow, { labels, serviceAccount }: PodRow['pod']): PodRow[] {
	const pod = { ...known.pod, labels, ...(serviceAccount === undefined ? {} : { serviceAccount }) };
	return JSON.stringify(pod) === JSON.stringify(known.pod) ? [] : [{ ...known, pod }];
}

export async function plug(parts: AgentParts, id: string, network: string | NetworkRequest): Promise<Attachment> {
	const row = rowOf(parts, id);
	const position = Math.max(...row.attachments.map((one, i) => Math.max(i, positionIn(one.interface)))) + 1;
	const [request] = nameRequests([network], position);
	const there = row.attachments.find((one) => one.network === request!.network);
	if (there === undefined) {
		parts.networks.get(request!.network);
		await attachDrafts(parts, [{ row, requests: [request!] }]);
	}
	return attachmentsOf(parts, id).find((one) => one.network === request!.network)!;
}

/** Of `cil<n>`: names of networks that were unplugged are not given again to one that stays. */
function positionIn(name: string): number {
	return Number(/^cil(\d{1,4})$/.exec(name)?.[1] ?? 0);
}

export async function unplug(parts: AgentParts, id: string, network: string): Promise<boolean> {
	const row = rowOf(parts, id);
	const attachment = row.attachments.find((one) => one.network === network);
	if (attachment === undefined) {
		return false;
	}
	if (attachment.primary) {
		throw invalidArgument('network', network, `another network than the pod's primary one: detach the pod`);
	}
	await detachRows(parts, [{ row, attachments: [attachment] }]);
	return true;
}

export async function detachAll(parts: AgentParts, ids: Iterable<string>): Promise<number> {
	const rows = Array.from(new Set(ids), (id) => parts.table.get(id)).filter((row) => row !== undefined);
	await detachRows(
		parts,
		rows.map((row) => ({ row })),
	);
	return rows.length;
}

export function relabelPod(
	parts: AgentParts,
	id: string,
	{ labels, serviceAccount }: Pick<PodDescription, 'labels' | 'serviceAccount'>,
): readonly Attachment[] {
	const row = rowOf(parts, id);
	checkTexts(labels, 'labels');
	const pod = {
		...row.pod,
		...(labels === undefined ? {} : { labels }),
		...(serviceAccount === undefined ? {} : { serviceAccount }),
	};
	changeRows(parts, [{ ...row, pod }]);
	return attachmentsOf(parts, id);
}

/** `pod`: `<namespace>/<name>`. */
export function forgetPod({ ipam, table, store }: AgentParts, pod: string): boolean {
	const [namespace = '', name = ''] = pod.split('/');
	if (table.named(namespace, name).some(({ sticky }) => sticky)) {
		throw new HeddleError('ERR_IN_USE', `pod ${pod}: found it attached, expected it to be detached`, { found: pod });
	}
	const owners = [...store.all(STICKY_KIND).keys()].filter((owner) => owner.startsWith(stickyPrefix(namespace, name)));
	store.write(owners.map((owner) => ({ kind: STICKY_KIND, key: owner, value: undefined })));
	owners.forEach((owner) => ipam.release(owner));
	return owners.length > 0;
}

export function rowOf({ table }: AgentParts, id: string): PodRow {
	const row = table.get(id);
	if (row === undefined) {
		throw new HeddleError('ERR_NOT_FOUND', `pod: found none of id '${id}', expected one that is attached`, {
			field: 'id',
			found: id,
		});
	}
	return row;
}
