import { useEffect, useRef, useState } from 'preact/hooks';
import type { WireFlow, WireLoss, WireMap } from '../wire.js';

export interface Events {
	/** The newest first. */
	readonly flows: readonly WireFlow[];
	readonly map: WireMap;
	readonly loss: WireLoss;
	readonly state: 'connecting' | 'live' | 'lost' | 'refused';
}

const MOST_FLOWS = 500;
const NOTHING: Events = {
	flows: [],
	map: { nodes: [], edges: [], forgotten: 0 },
	loss: { client: 0, server: 0 },
	state: 'connecting',
};

/** What the server tells as it happens; while paused, what is shown stands still, and what comes is shown afterwards. */
export function useEvents(filter: string, paused: boolean): Events {
	const latest = useRef(NOTHING);
	const [shown, setShown] = useState(NOTHING);
	const held = useRef(paused);
	held.current = paused;

	useEffect(() => {
		const show = (change: Partial<Events>) => {
			latest.current = { ...latest.current, ...change };
			if (!held.current) {
				setShown(latest.current);
			}
		};
		show({ flows: [], state: 'connecting' });
		const source = openSource(filter, show, () => latest.current.flows);
		return () => source.close();
	}, [filter]);

	useEffect(() => {
		if (!paused) {
			setShown(latest.current);
		}
	}, [paused]);

	return shown;
}

function openSource(filter: string, show: (change: Partial<Events>) => void, flows: () => readonly WireFlow[]) {
	const source = new EventSource(`/api/events?${filter}`);
	const on = <T>(event: string, handle: (data: T) => void) =>
		source.addEventListener(event, (message) => handle(JSON.parse((message as MessageEvent<string>).data) as T));
	// A new connection begins with the newest flows again.
	source.onopen = () => show({ flows: [], state: 'live' });
	source.onerror = () => show({ state: source.readyState === EventSource.CLOSED ? 'refused' : 'lost' });
	on<WireFlow[]>('flows', (fresh) => show({ flows: [...fresh.reverse(), ...flows()].slice(0, MOST_FLOWS) }));
	on<WireMap>('map', (map) => show({ map }));
	on<WireLoss>('lost', (loss) => show({ loss }));
	return source;
}
