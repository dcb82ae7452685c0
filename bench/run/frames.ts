/** Frames for BPF_PROG_TEST_RUN: minimal, with right lengths and checksums. */
export interface FrameSpec {
	readonly sourceMac: Uint8Array;
	readonly destinationMac: Uint8Array;
	/** 4 or 16 bytes; both of one family. */
	readonly source: Uint8Array;
	readonly destination: Uint8Array;
	readonly protocol: 'udp' | 'tcp';
	readonly sourcePort: number;
	readonly destinationPort: number;
	readonly tcpFlags?: number;
}

export const tcpFlag = { syn: 0x02, ack: 0x10 } as const;

const ethernetBytes = 14;
/** A frame is run many times without being restored; each run takes one. */
const hopLimit = 255;
const payloadBytes = 18;

function sumWords(bytes: Uint8Array, sum = 0): number {
	for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
	return sum;
}

function fold(sum: number): number {
	while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
	return ~sum & 0xffff;
}

function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function segment({ protocol, sourcePort, destinationPort, tcpFlags = tcpFlag.ack }: FrameSpec): Uint8Array {
	const bytes = new Uint8Array((protocol === 'tcp' ? 20 : 8) + payloadBytes);
	const view = viewOf(bytes);
	view.setUint16(0, sourcePort);
	view.setUint16(2, destinationPort);
	if (protocol === 'udp') {
		view.setUint16(4, bytes.length);
	} else {
		view.setUint8(12, 5 << 4);
		view.setUint8(13, tcpFlags);
		view.setUint16(14, 0xffff);
	}
	return bytes;
}

function header4(spec: FrameSpec, number: number, length: number): Uint8Array {
	const bytes = new Uint8Array(20);
	const view = viewOf(bytes);
	view.setUint8(0, 0x45);
	view.setUint16(2, 20 + length);
	view.setUint8(8, hopLimit);
	view.setUint8(9, number);
	bytes.set(spec.source, 12);
	bytes.set(spec.destination, 16);
	view.setUint16(10, fold(sumWords(bytes)));
	return bytes;
}

function header6(spec: FrameSpec, number: number, length: number): Uint8Array {
	const bytes = new Uint8Array(40);
	const view = viewOf(bytes);
	view.setUint8(0, 0x60);
	view.setUint16(4, length);
	view.setUint8(6, number);
	view.setUint8(7, hopLimit);
	bytes.set(spec.source, 8);
	bytes.set(spec.destination, 24);
	return bytes;
}

export function buildFrame(spec: FrameSpec): Uint8Array {
	const v6 = spec.source.length === 16;
	const number = spec.protocol === 'tcp' ? 6 : 17;
	const data = segment(spec);
	const pseudo = sumWords(spec.source, sumWords(spec.destination, number + data.length));
	viewOf(data).setUint16(spec.protocol === 'tcp' ? 16 : 6, fold(sumWords(data, pseudo)));
	const header = (v6 ? header6 : header4)(spec, number, data.length);
	const frame = new Uint8Array(ethernetBytes + header.length + data.length);
	frame.set(spec.destinationMac, 0);
	frame.set(spec.sourceMac, 6);
	viewOf(frame).setUint16(12, v6 ? 0x86dd : 0x0800);
	frame.set(header, ethernetBytes);
	frame.set(data, ethernetBytes + header.length);
	return frame;
}
