/** DNS messages as bytes; what is wrong on purpose is made by cutting and changing them. */

export const types = { A: 1, NS: 2, CNAME: 5, SOA: 6, TXT: 16, AAAA: 28, OPT: 41, IXFR: 251, AXFR: 252 } as const;
export const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

export const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
const u32 = (value: number): Buffer => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);

/** `www.example.com` on the wire; `''`: the root. */
export function wireName(text: string): Buffer {
	const labels = text.split('.').filter((label) => label !== '');
	return Buffer.concat([
		...labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
		Buffer.of(0),
	]);
}

export function question(name: string | Buffer, type: number = types.A, kind = 1): Buffer {
	return Buffer.concat([typeof name === 'string' ? wireName(name) : name, u16(type), u16(kind)]);
}

export const edns = Buffer.concat([Buffer.of(0), u16(types.OPT), u16(1232), u32(0), u16(0)]);

export interface QueryParts {
	readonly id?: number;
	readonly type?: number;
	readonly flags?: number;
	/** Questions, answers, authorities, additional records. */
	readonly counts?: readonly [number, number, number, number];
	readonly additional?: Buffer;
}

export function query(name: string | Buffer, parts: QueryParts = {}): Buffer {
	const { id = 0x1234, type = types.A, flags = 0x0100, additional = Buffer.alloc(0) } = parts;
	const counts = parts.counts ?? [1, 0, 0, additional.length > 0 ? 1 : 0];
	return Buffer.concat([u16(id), u16(flags), ...counts.map(u16), question(name, type), additional]);
}

export interface RecordParts {
	readonly ttl?: number;
	readonly kind?: number;
	/** What the record says of its data's length. */
	readonly length?: number;
}

export function record(owner: string | Buffer, type: number, data: Buffer, parts: RecordParts = {}): Buffer {
	const { ttl = 300, kind = 1, length = data.length } = parts;
	const name = typeof owner === 'string' ? wireName(owner) : owner;
	return Buffer.concat([name, u16(type), u16(kind), u32(ttl), u16(length), data]);
}

export const a = (owner: string | Buffer, address: string, parts?: RecordParts): Buffer =>
	record(owner, types.A, Buffer.from(address.split('.').map(Number)), parts);
/** Without `::`. */
export const aaaa = (owner: string | Buffer, address: string, parts?: RecordParts): Buffer =>
	record(owner, types.AAAA, Buffer.concat(address.split(':').map((part) => u16(Number.parseInt(part, 16)))), parts);
export const cname = (owner: string | Buffer, target: string | Buffer, parts?: RecordParts): Buffer =>
	record(owner, types.CNAME, typeof target === 'string' ? wireName(target) : target, parts);

/** Points to the question's name, or another place. */
export const pointer = (to = 12): Buffer => u16(0xc000 | to);

export interface AnswerParts {
	readonly rcode?: number;
	readonly flags?: number;
	readonly authority?: readonly Buffer[];
	readonly additional?: readonly Buffer[];
	readonly counts?: readonly [number, number, number, number];
}

export function answer(asked: Buffer, records: readonly Buffer[] = [], parts: AnswerParts = {}): Buffer {
	const { rcode = 0, flags = 0x8180, authority = [], additional = [] } = parts;
	const counts = parts.counts ?? [1, records.length, authority.length, additional.length];
	const head = [asked.subarray(0, 2), u16(flags | rcode), ...counts.map(u16), questionOf(asked)];
	return Buffer.concat([...head, ...records, ...authority, ...additional]);
}

export function questionOf(message: Buffer): Buffer {
	let end = 12;
	while (message[end]! > 0) end += message[end]! + 1;
	return message.subarray(12, end + 5);
}

/** Text of the name of its question. */
export function nameOf(message: Buffer): string {
	const labels: string[] = [];
	for (let at = 12; message[at]! > 0; at += message[at]! + 1)
		labels.push(message.subarray(at + 1, at + 1 + message[at]!).toString('latin1'));
	return labels.join('.');
}

export const idOf = (message: Buffer): number => message.readUInt16BE(0);
export const rcodeOf = (message: Buffer): number => message[3]! & 15;
export const answersOf = (message: Buffer): number => message.readUInt16BE(6);
/** Under another id. */
export const withId = (message: Buffer, id: number): Buffer => Buffer.concat([u16(id), message.subarray(2)]);
/** With one byte changed. */
export function changed(message: Buffer, at: number, value: number): Buffer {
	const copy = Buffer.from(message);
	copy[at] = value;
	return copy;
}
