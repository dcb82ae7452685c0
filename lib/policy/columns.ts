/** Room for claims, see `claims.ts`. May be longer than what is used. */
export interface Columns {
	readonly room: number;
	readonly protocol: Uint16Array;
	readonly port: Uint16Array;
	readonly endPort: Uint16Array;
	readonly precedence: Float64Array;
	readonly verdict: Uint32Array;
	readonly cookie: Uint32Array;
}

// Megabytes for a large set: used again by the next compilation, and the collector's when memory is short.
let last: WeakRef<Columns> | undefined;

/** Columns that are free to be overwritten. What they held before is lost: only one compilation has them at a time. */
export function borrowColumns(room: number): Columns {
	const known = last?.deref();
	if (known !== undefined && known.room >= room) {
		return known;
	}
	const fresh = allocate(Math.max(room, 1024));
	last = new WeakRef(fresh);
	return fresh;
}

function allocate(room: number): Columns {
	return {
		room,
		protocol: new Uint16Array(room),
		port: new Uint16Array(room),
		endPort: new Uint16Array(room),
		precedence: new Float64Array(room),
		verdict: new Uint32Array(room),
		cookie: new Uint32Array(room),
	};
}
