/** ClientHellos, whole and damaged: what `openssl s_client` sends, less what does not matter here. */

const u8 = (value: number) => Uint8Array.of(value);
const u16 = (value: number) => Uint8Array.of(value >> 8, value & 0xff);
const u24 = (value: number) => Uint8Array.of(value >> 16, (value >> 8) & 0xff, value & 0xff);
const join = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const ascii = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

export const extension = (type: number, body: Uint8Array) => join(u16(type), u16(body.length), body);
export const nameEntry = (name: string, type = 0) => join(u8(type), u16(name.length), ascii(name));
export const serverNameExtension = (...entries: readonly Uint8Array[]) => {
	const list = join(...entries);
	return extension(0, join(u16(list.length), list));
};

export interface HelloParts {
	readonly extensions?: readonly Uint8Array[] | undefined;
	readonly session?: Uint8Array;
	readonly ciphers?: Uint8Array;
	/** Behind everything. */
	readonly behind?: Uint8Array;
}

/** The handshake message, without a record around it. */
export function helloMessage({ extensions, session, ciphers, behind }: HelloParts): Uint8Array {
	const all = extensions === undefined ? new Uint8Array() : join(...extensions);
	const [id, suites] = [session ?? new Uint8Array(32), ciphers ?? Uint8Array.of(0x13, 1, 0x13, 2)];
	const body = join(
		...[Uint8Array.of(3, 3), new Uint8Array(32).fill(7)],
		...[u8(id.length), id, u16(suites.length), suites, Uint8Array.of(1, 0)],
		...(extensions === undefined ? [] : [u16(all.length), all]),
		behind ?? new Uint8Array(),
	);
	return join(u8(1), u24(body.length), body);
}

/** In records of `size` bytes each. */
export function inRecords(message: Uint8Array, size = 16384, version = 1): string {
	const records: Uint8Array[] = [];
	for (let at = 0; at < message.length; at += size) {
		const part = message.subarray(at, at + size);
		records.push(join(Uint8Array.of(22, 3, version), u16(part.length), part));
	}
	return Buffer.from(join(...records)).toString('latin1');
}

/** Of a client that asks for `name`. */
export const helloFor = (name: string, size?: number) =>
	inRecords(
		helloMessage({ extensions: [extension(43, Uint8Array.of(2, 3, 4)), serverNameExtension(nameEntry(name))] }),
		size,
	);
