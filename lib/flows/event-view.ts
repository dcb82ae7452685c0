import { eventOffsets as at } from '../abi/generated.js';
import type { Event } from '../abi/generated.js';

const ADDRESS_BYTES = 16;

/** An event in its record: each field is read when it is asked for, none is copied. Valid as long as the record is. */
export class EventView implements Event {
	private readonly view: DataView;
	/** Asked for several times by those who tell the event. */
	private weightPair: Event['weights'] | undefined;

	constructor(private readonly record: Uint8Array) {
		this.view = new DataView(record.buffer, record.byteOffset, record.byteLength);
	}

	get timeNs(): bigint {
		return this.view.getBigUint64(at.timeNs, true);
	}

	get type(): number {
		return this.record[at.type]!;
	}

	get reason(): number {
		return this.record[at.reason]!;
	}

	get direction(): number {
		return this.record[at.direction]!;
	}

	get protocol(): number {
		return this.record[at.protocol]!;
	}

	get network(): number {
		return this.view.getUint16(at.network, true);
	}

	get family(): number {
		return this.record[at.family]!;
	}

	get tcpFlags(): number {
		return this.record[at.tcpFlags]!;
	}

	get sourceIdentity(): number {
		return this.view.getUint32(at.sourceIdentity, true);
	}

	get destinationIdentity(): number {
		return this.view.getUint32(at.destinationIdentity, true);
	}

	get sourceEndpoint(): number {
		return this.view.getUint16(at.sourceEndpoint, true);
	}

	get destinationEndpoint(): number {
		return this.view.getUint16(at.destinationEndpoint, true);
	}

	get sourcePort(): number {
		return this.view.getUint16(at.sourcePort, false);
	}

	get destinationPort(): number {
		return this.view.getUint16(at.destinationPort, false);
	}

	get sourceAddress(): Uint8Array {
		return this.record.subarray(at.sourceAddress, at.sourceAddress + ADDRESS_BYTES);
	}

	get destinationAddress(): Uint8Array {
		return this.record.subarray(at.destinationAddress, at.destinationAddress + ADDRESS_BYTES);
	}

	get egressCookie(): number {
		return this.view.getUint32(at.egressCookie, true);
	}

	get ingressCookie(): number {
		return this.view.getUint32(at.ingressCookie, true);
	}

	get egressVerdict(): number {
		return this.record[at.egressVerdict]!;
	}

	get ingressVerdict(): number {
		return this.record[at.ingressVerdict]!;
	}

	get endCause(): number {
		return this.record[at.endCause]!;
	}

	get flags(): number {
		return this.record[at.flags]!;
	}

	get length(): number {
		return this.view.getUint32(at.length, true);
	}

	get packets(): Event['packets'] {
		return this.pair(at.packets);
	}

	get bytes(): Event['bytes'] {
		return this.pair(at.bytes);
	}

	get startedNs(): bigint {
		return this.view.getBigUint64(at.startedNs, true);
	}

	get weights(): Event['weights'] {
		this.weightPair ??= [this.view.getUint16(at.weights, true), this.view.getUint16(at.weights + 2, true)];
		return this.weightPair;
	}

	get points(): number {
		return this.record[at.points]!;
	}

	private pair(offset: number): [bigint, bigint] {
		return [this.view.getBigUint64(offset, true), this.view.getBigUint64(offset + 8, true)];
	}
}
