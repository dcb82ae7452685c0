import { useEffect, useState } from 'preact/hooks';
import type { WireError } from '../wire.js';

export interface Loaded<T> {
	readonly data?: T;
	readonly error?: string;
}

/** Asks once, and again every `everyMs` where it is given. */
export function useJson<T>(path: string, everyMs?: number): Loaded<T> {
	const [loaded, setLoaded] = useState<Loaded<T>>({});
	useEffect(() => {
		const abort = new AbortController();
		const load = () => void ask<T>(path, abort.signal).then((next) => abort.signal.aborted || setLoaded(next));
		load();
		const timer = everyMs === undefined ? undefined : setInterval(load, everyMs);
		return () => {
			abort.abort();
			clearInterval(timer);
		};
	}, [path, everyMs]);
	return loaded;
}

async function ask<T>(path: string, signal: AbortSignal): Promise<Loaded<T>> {
	try {
		const answer = await fetch(path, { signal });
		return answer.ok ? { data: (await answer.json()) as T } : { error: ((await answer.json()) as WireError).message };
	} catch (error) {
		return { error: error instanceof Error ? error.message : String(error) };
	}
}
