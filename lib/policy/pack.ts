import { u32Codec } from '../abi/codec.js';
import {
	peerCodec,
	peerKeyCodec,
	PolicySetFlag,
	policySetCodec,
	ruleCodec,
	ruleKeyCodec,
	type PolicySet,
} from '../abi/generated.js';
import { editWords } from './edit-words.js';
import { classId, DIRECTIONS, hasRules, type SetHeader, type SideHeader } from './image.js';
import type { Direction } from './row.js';
import { LEVEL_BASE_BITS, levelOf, WORDS_PER_ENTRY, type RuleClass } from './rule-class.js';
import type { ClassEdit, PeerRemoval, PeerWrite, WriteStep } from './writes.js';

export type PolicyMapName = 'policy_sets' | 'peers' | 'rules';

/** A step, or a part of one, as bytes: what one batch command takes. */
export interface PackedWrites {
	readonly map: PolicyMapName;
	readonly keys: Uint8Array;
	/** Undefined: the keys are to be deleted. */
	readonly values: Uint8Array | undefined;
	readonly count: number;
	/** Of an edit: how many of the keys are new. */
	readonly added?: number;
}

/** Where packed bytes are put. */
export type PackRoom = (size: number) => Uint8Array;

const FRESH: PackRoom = (size) => new Uint8Array(size);

/**
 * Room that is used again and again: what is packed is valid until some dozen writes later. A small array of its own
 * costs the addon more than the system call.
 */
export function createPackRoom(): PackRoom {
	const buffer = new ArrayBuffer(1 << 16);
	let next = 0;
	return (size) => {
		if (size > buffer.byteLength >> 4) {
			return new Uint8Array(size);
		}
		if (next + size > buffer.byteLength) {
			next = 0;
		}
		const room = new Uint8Array(buffer, next, size);
		room.fill(0);
		next += (size + 7) & ~7;
		return room;
	};
}

interface Columns {
	readonly keys: Uint8Array;
	readonly values: Uint8Array;
	readonly keyView: DataView;
	readonly valueView: DataView;
}

/** Bytes in the kernel's layout, by the generated codecs. To be written in this order. */
export function packStep(step: WriteStep, room: PackRoom = FRESH): PackedWrites[] {
	switch (step.kind) {
		case 'put-rules':
			return [packRules(step.classes, room)];
		case 'remove-rules':
			return [{ ...packRules(step.classes, room), values: undefined }];
		case 'edit-rules':
			return packEdits(step.edits, room);
		case 'put-peers':
			return [packPeers(step.peers, room, (peer: PeerWrite) => peer.class.id)];
		case 'remove-peers':
			return [{ ...packPeers(step.peers, room, (peer: PeerRemoval) => peer.before.id), values: undefined }];
		case 'put-sets':
			return [
				packSets(
					step.sets.map(({ id, header }) => ({ id, record: recordOf(header) })),
					room,
				),
			];
		case 'remove-sets':
			// Sets are an array: none can be deleted, one that says nothing is none.
			return [
				packSets(
					step.sets.map(({ id }) => ({ id, record: EMPTY_RECORD })),
					room,
				),
			];
	}
}

const EMPTY_RECORD: PolicySet = { flags: 0, defaultClass: [0, 0] };

const FLAGS = {
	ingress: {
		rules: PolicySetFlag.IngressRules,
		deny: PolicySetFlag.IngressDefaultDeny,
		audited: PolicySetFlag.IngressAudit,
	},
	egress: {
		rules: PolicySetFlag.EgressRules,
		deny: PolicySetFlag.EgressDefaultDeny,
		audited: PolicySetFlag.EgressAudit,
	},
} as const;

export function recordOf({ ingress, egress }: SetHeader): PolicySet {
	const flags = flagsOf(ingress, FLAGS.ingress) | flagsOf(egress, FLAGS.egress);
	return { flags, defaultClass: [classId(ingress.defaultClass), classId(egress.defaultClass)] };
}

function flagsOf(side: SideHeader, flags: (typeof FLAGS)['ingress' | 'egress']): number {
	return (hasRules(side) ? flags.rules : 0) | (side.default === 'allow' ? 0 : flags[side.default]);
}

export function directionNumber(direction: Direction): number {
	return DIRECTIONS.indexOf(direction);
}

function packEdits(edits: readonly ClassEdit[], room: PackRoom): PackedWrites[] {
	return edits.flatMap(({ id, before, after }) => {
		const { put, remove, added } = editWords(before.words, after.words);
		const part = (words: Uint32Array) => ({
			id,
			direction: after.direction,
			words,
			size: words.length / WORDS_PER_ENTRY,
		});
		return [
			...(put.length === 0 ? [] : [{ ...packRules([part(put)], room), added }]),
			...(remove.length === 0 ? [] : [{ ...packRules([part(remove)], room), values: undefined }]),
		];
	});
}

function packRules(classes: readonly RuleClass[], room: PackRoom): PackedWrites {
	const count = classes.reduce((sum, known) => sum + known.size, 0);
	const columns = allocate(room, count, ruleKeyCodec.size, ruleCodec.size);
	// One object each for all entries: 100 000 short-lived ones cost more than the bytes they become.
	const key = { prefixlen: 0, ruleClass: 0, direction: 0, protocol: 0, port: 0 };
	const value = { action: 0, flags: 0, proxyPort: 0, cookie: 0 };
	let entry = 0;
	for (const known of classes) {
		key.ruleClass = known.id;
		key.direction = directionNumber(known.direction);
		const { words } = known;
		for (let at = 0; at < words.length; at += WORDS_PER_ENTRY, entry++) {
			const match = words[at]!;
			key.prefixlen = LEVEL_BASE_BITS + levelOf(match);
			key.protocol = match >>> 24;
			key.port = (match >>> 8) & 0xffff;
			const verdict = words[at + 1]!;
			value.action = verdict & 0xff;
			value.flags = (verdict >>> 8) & 0xff;
			value.proxyPort = verdict >>> 16;
			value.cookie = words[at + 2]!;
			ruleKeyCodec.write(columns.keyView, entry * ruleKeyCodec.size, key);
			ruleCodec.write(columns.valueView, entry * ruleCodec.size, value);
		}
	}
	return { map: 'rules', keys: columns.keys, values: columns.values, count };
}

function packPeers<T extends PeerWrite | PeerRemoval>(
	peers: readonly T[],
	room: PackRoom,
	classOf: (peer: T) => number,
): PackedWrites {
	const columns = allocate(room, peers.length, peerKeyCodec.size, peerCodec.size);
	const key = { policySet: 0, identity: 0, direction: 0 };
	const value = { ruleClass: 0 };
	peers.forEach((peer, entry) => {
		key.policySet = peer.set;
		key.identity = peer.identity;
		key.direction = directionNumber(peer.direction);
		value.ruleClass = classOf(peer);
		peerKeyCodec.write(columns.keyView, entry * peerKeyCodec.size, key);
		peerCodec.write(columns.valueView, entry * peerCodec.size, value);
	});
	return { map: 'peers', keys: columns.keys, values: columns.values, count: peers.length };
}

function packSets(sets: readonly { id: number; record: PolicySet }[], room: PackRoom): PackedWrites {
	const columns = allocate(room, sets.length, u32Codec.size, policySetCodec.size);
	sets.forEach(({ id, record }, entry) => {
		u32Codec.write(columns.keyView, entry * u32Codec.size, id);
		policySetCodec.write(columns.valueView, entry * policySetCodec.size, record);
	});
	return { map: 'policy_sets', keys: columns.keys, values: columns.values, count: sets.length };
}

function allocate(room: PackRoom, count: number, keySize: number, valueSize: number): Columns {
	const keys = room(count * keySize);
	const values = room(count * valueSize);
	return { keys, values, keyView: viewOf(keys), valueView: viewOf(values) };
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
	return new DataView(buffer, byteOffset, byteLength);
}
