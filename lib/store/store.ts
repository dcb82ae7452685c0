/** One row that is to be, or with an undefined value not to be. */
export interface StoreChange {
	/** What sort of thing it is: `pod`, `document`. */
	readonly kind: string;
	readonly key: string;
	/** Plain values, as JSON has them. */
	readonly value: unknown;
}

/**
 * Where an agent keeps what must outlive its process. Synchronous: what was written is there, whatever ends next.
 * One process at a time.
 */
export interface Store {
	/** Rows of a kind by key. @throws ERR_STORE_CORRUPT */
	all(kind: string): ReadonlyMap<string, unknown>;
	/** All of them or none, on disk when it returns. @throws ERR_STORE_FULL, ERR_STORE_READ_ONLY, ERR_STORE, ERR_CLOSED */
	write(changes: readonly StoreChange[]): void;
	close(): void;
}
