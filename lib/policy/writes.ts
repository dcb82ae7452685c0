import type { SetHeader, TableSize } from './image.js';
import type { Direction } from './row.js';
import type { RuleClass } from './rule-class.js';

export interface PeerWrite {
	readonly set: number;
	readonly direction: Direction;
	readonly identity: number;
	readonly class: RuleClass;
	/** Class the entry had; undefined: there was none. */
	readonly before: RuleClass | undefined;
}

export interface PeerRemoval {
	readonly set: number;
	readonly direction: Direction;
	readonly identity: number;
	readonly before: RuleClass;
}

export interface SetWrite {
	readonly id: number;
	readonly header: SetHeader;
	readonly before: SetHeader | undefined;
}

export interface SetRemoval {
	readonly id: number;
	readonly before: SetHeader;
}

/** The rules under one class's number, exchanged in place: `before` has no other user. */
export interface ClassEdit {
	readonly id: number;
	readonly before: RuleClass;
	readonly after: RuleClass;
}

/**
 * Entries of one kernel table. Within a step the order does not matter, but for edits: see `edit-words.ts`. Removing
 * what is not there is no error.
 */
export type WriteStep =
	| { readonly kind: 'put-rules'; readonly classes: readonly RuleClass[] }
	| { readonly kind: 'edit-rules'; readonly edits: readonly ClassEdit[] }
	| { readonly kind: 'put-peers'; readonly peers: readonly PeerWrite[] }
	| { readonly kind: 'put-sets'; readonly sets: readonly SetWrite[] }
	| { readonly kind: 'remove-sets'; readonly sets: readonly SetRemoval[] }
	| { readonly kind: 'remove-peers'; readonly peers: readonly PeerRemoval[] }
	| { readonly kind: 'remove-rules'; readonly classes: readonly RuleClass[] };

export interface TableChange {
	/** To be written in this order; the epoch is increased after the last. */
	readonly steps: readonly WriteStep[];
	/** Entries that must be free before the first write. Some come back with the last. */
	readonly needed: TableSize;
	/** Growth once all is written; negative where it shrinks. */
	readonly growth: TableSize;
}

/** Takes steps back, the last first. Also right when the last of them was written in part. */
export function undo(steps: readonly WriteStep[]): WriteStep[] {
	return steps.toReversed().flatMap(undoStep);
}

function undoStep(step: WriteStep): WriteStep[] {
	switch (step.kind) {
		case 'put-rules':
			return [{ kind: 'remove-rules', classes: step.classes }];
		case 'remove-rules':
			return [{ kind: 'put-rules', classes: step.classes }];
		case 'edit-rules':
			return [
				{
					kind: 'edit-rules',
					edits: step.edits.map(({ id, before, after }) => ({ id, before: after, after: before })),
				},
			];
		case 'put-peers':
			return undoPeers(step.peers);
		case 'remove-peers':
			return [
				{ kind: 'put-peers', peers: step.peers.map((peer) => ({ ...peer, class: peer.before, before: undefined })) },
			];
		case 'put-sets':
			return undoSets(step.sets);
		case 'remove-sets':
			return [
				{ kind: 'put-sets', sets: step.sets.map(({ id, before }) => ({ id, header: before, before: undefined })) },
			];
	}
}

function undoPeers(peers: readonly PeerWrite[]): WriteStep[] {
	const back: PeerWrite[] = [];
	const gone: PeerRemoval[] = [];
	for (const peer of peers) {
		if (peer.before === undefined) {
			gone.push({ ...peer, before: peer.class });
		} else {
			back.push({ ...peer, class: peer.before, before: peer.class });
		}
	}
	return [
		{ kind: 'put-peers', peers: back },
		{ kind: 'remove-peers', peers: gone },
	];
}

function undoSets(sets: readonly SetWrite[]): WriteStep[] {
	const back: SetWrite[] = [];
	const gone: SetRemoval[] = [];
	for (const { id, header, before } of sets) {
		if (before === undefined) {
			gone.push({ id, before: header });
		} else {
			back.push({ id, header: before, before: header });
		}
	}
	return [
		{ kind: 'put-sets', sets: back },
		{ kind: 'remove-sets', sets: gone },
	];
}
