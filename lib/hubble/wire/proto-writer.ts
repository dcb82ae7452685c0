import { Buffer } from 'node:buffer';

/** Messages are cut from blocks of this size, which live as long as any of theirs. */
const BLOCK = 1 << 18;
/** Room for what is written without a length of its own: tags, numbers and lengths of one flow. */
const SLACK = 1024;
const BYTES_OF_CHARACTER = 3;
/** Below it a loop is faster than the call that encodes UTF-8. */
const SHORT = 48;

/** The tag of a field that is a number. */
export const numberTag = (field: number) => field * 8;
/** The tag of a field that has a length: text, bytes, messages. */
export const lengthTag = (field: number) => field * 8 + 2;

/** Protobuf's wire format, one message after another. */
export class ProtoWriter {
	#bytes = Buffer.allocUnsafeSlow(BLOCK);
	#start = 0;
	#at = 0;

	begin(): void {
		this.#at = this.#start;
		this.#reserve(0);
	}

	/** What was written since `begin`. */
	finish(): Uint8Array {
		const message = this.#bytes.subarray(this.#start, this.#at);
		this.#start = this.#at;
		return message;
	}

	/** From 0 to 2^32 - 1. */
	number(tag: number, value: number): void {
		this.#varint(tag);
		this.#varint(value);
	}

	flag(tag: number, value: boolean): void {
		this.#varint(tag);
		this.#bytes[this.#at++] = value ? 1 : 0;
	}

	text(tag: number, text: string): void {
		this.#reserve(text.length * BYTES_OF_CHARACTER);
		this.#varint(tag);
		if (text.length >= SHORT || !this.#ascii(text)) {
			this.#varint(Buffer.byteLength(text));
			this.#at += this.#bytes.write(text, this.#at);
		}
	}

	/** A message that is encoded already. */
	block(tag: number, block: Uint8Array): void {
		this.#reserve(block.length);
		this.#varint(tag);
		this.#varint(block.length);
		this.#bytes.set(block, this.#at);
		this.#at += block.length;
	}

	/** Fields that are encoded already, with their tags. */
	fields(fields: Uint8Array): void {
		this.#reserve(fields.length);
		this.#bytes.set(fields, this.#at);
		this.#at += fields.length;
	}

	/** Of a message whose fields follow: what `close` needs. Its length will take `width` bytes, if that is guessed well. */
	open(tag: number, width: number): number {
		this.#varint(tag);
		const lengthAt = this.#at - this.#start;
		this.#at += width;
		return lengthAt;
	}

	close(lengthAt: number, width: number): void {
		const length = this.#at - this.#start - lengthAt - width;
		const needed = varintSize(length);
		if (needed !== width) {
			this.#reserve(needed);
			const at = this.#start + lengthAt;
			this.#bytes.copyWithin(at + needed, at + width, this.#at);
		}
		this.#at = this.#start + lengthAt;
		this.#varint(length);
		this.#at += length;
	}

	/** false: nothing was written, for it is none. */
	#ascii(text: string): boolean {
		const bytes = this.#bytes;
		const start = this.#at + 1;
		for (let i = 0; i < text.length; i++) {
			const code = text.charCodeAt(i);
			if (code > 0x7f) {
				return false;
			}
			bytes[start + i] = code;
		}
		bytes[this.#at] = text.length;
		this.#at = start + text.length;
		return true;
	}

	#varint(value: number): void {
		let left = value;
		while (left > 0x7f) {
			this.#bytes[this.#at++] = (left & 0x7f) | 0x80;
			left >>>= 7;
		}
		this.#bytes[this.#at++] = left;
	}

	#reserve(more: number): void {
		const needed = this.#at + more + SLACK;
		if (needed > this.#bytes.length) {
			const begun = this.#bytes.subarray(this.#start, this.#at);
			this.#bytes = Buffer.allocUnsafeSlow(Math.max(BLOCK, 2 * (needed - this.#start)));
			this.#bytes.set(begun);
			this.#start = 0;
			this.#at = begun.length;
		}
	}
}

function varintSize(value: number): number {
	let size = 1;
	for (let left = value; left > 0x7f; left >>>= 7) {
		size++;
	}
	return size;
}
