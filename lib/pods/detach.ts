import { ownerOf } from './owners.js';
import type { PodParts } from './pod-parts.js';
import type { AttachmentRow, PodRow } from './pod-row.js';
import { STICKY_KIND } from './pod-table.js';
import type { StoreChange } from '../store/store.js';
import { takeDown } from './take-down.js';

/** Of one pod: these attachments, or with none named all of them. */
export interface Removal {
	readonly row: PodRow;
	readonly attachments?: readonly AttachmentRow[];
}

/** Written down as `detaching` first: a process that ends in between is finished by the next one. */
export async function detachRows(parts: PodParts, removals: readonly Removal[]): Promise<void> {
	if (removals.length === 0) {
		return;
	}
	const whole = removals.map(({ row, attachments = row.attachments }) => ({ row, attachments }));
	parts.table.save(whole.map(({ row, attachments }) => marked(row, attachments)));
	await takeDown(
		parts,
		whole.flatMap(({ attachments }) => attachments),
	);
	parts.table.save(
		whole.map(({ row, attachments }) => without(row, attachments)),
		whole.flatMap(({ row, attachments }) => stickyRows(parts, row, attachments)),
	);
	for (const { row, attachments } of whole) {
		attachments.forEach(({ network }) => parts.ipam.release(ownerOf(row, network), { keep: row.sticky }));
	}
}

function marked(row: PodRow, attachments: readonly AttachmentRow[]): PodRow {
	const mark = (one: AttachmentRow) => (attachments.includes(one) ? { ...one, state: 'detaching' as const } : one);
	return { ...row, attachments: row.attachments.map(mark) };
}

export function without(row: PodRow, attachments: readonly AttachmentRow[]): PodRow {
	return { ...row, attachments: row.attachments.filter((one) => !attachments.includes(one)) };
}

function stickyRows({ ipam }: PodParts, row: PodRow, attachments: readonly AttachmentRow[]): StoreChange[] {
	const owners = row.sticky ? attachments.map(({ network }) => ownerOf(row, network)) : [];
	return owners.map((owner) => ({ kind: STICKY_KIND, key: owner, value: ipam.get(owner) }));
}
