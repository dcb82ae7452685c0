/** What one text, or one object, may be at most. */
export interface DocumentLimits {
	/** UTF-16 units of one text. @default 16 Mi */
	readonly length?: number;
	/** Values in one text or object, those that aliases stand for counted each time. @default 256 Ki */
	readonly values?: number;
	/** Mappings and lists in each other. @default 64 */
	readonly depth?: number;
	/** Documents of one text. @default 100 000 */
	readonly documents?: number;
}

export function withDefaults(limits: DocumentLimits = {}): Required<DocumentLimits> {
	return { length: 16 << 20, values: 1 << 18, depth: 64, documents: 100_000, ...limits };
}

export function tooDeep(depth: number): string {
	return `found values nested more than ${depth} deep, expected less`;
}

export function tooMany(values: number): string {
	return `found more than ${values} values, expected less (aliases count as what they stand for)`;
}
