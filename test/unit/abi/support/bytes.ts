/** Little-endian pieces for hand-made files. */

export function u8(value: number): number[] {
	return [value & 0xff];
}

export function u16(value: number): number[] {
	return [value & 0xff, (value >>> 8) & 0xff];
}

export function u32(value: number): number[] {
	return [...u16(value), ...u16(value >>> 16)];
}

export function u64(value: number): number[] {
	return [...u32(value), ...u32(0)];
}

/** Strings one after the other, each found by its offset. */
export function stringTable(): { add(text: string): number; bytes(): number[] } {
	const bytes: number[] = [0];
	const known = new Map<string, number>([['', 0]]);
	return {
		add(text) {
			const there = known.get(text);
			if (there !== undefined) return there;
			const offset = bytes.length;
			bytes.push(...new TextEncoder().encode(text), 0);
			known.set(text, offset);
			return offset;
		},
		bytes: () => bytes,
	};
}
