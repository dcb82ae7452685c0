import { formatColumns } from '../lists.js';

/** As `/v1/top` tells it: sums since they began; numbers of 64 bits as text. */
export interface TopSums {
	readonly time: string;
	readonly forwarded: Readonly<Record<'fromPods' | 'fromHost', { readonly packets: string; readonly bytes: string }>>;
	readonly events: { readonly lost: string };
	readonly talkers: readonly TopTalker[];
	readonly drops: readonly TopDrop[];
}

interface TopTalker {
	readonly network: string;
	readonly source: string;
	readonly destination: string;
	readonly conversations: number;
	readonly packets: string;
	readonly bytes: string;
}

interface TopDrop {
	readonly endpoint?: string;
	readonly network?: string;
	readonly direction: string;
	readonly reason: string;
	readonly packets: string;
}

/** Rates are of the time between two answers; of one alone there are sums. */
export function formatTop(now: TopSums, before: TopSums | undefined, rows: number): string {
	const seconds = before === undefined ? 0 : (Date.parse(now.time) - Date.parse(before.time)) / 1000;
	const rate = (value: string, former: string | undefined) =>
		seconds <= 0 ? '' : (Math.max(0, Number(value) - Number(former ?? 0)) / seconds).toFixed(1);
	const talkers = keyed(before?.talkers ?? [], talkerKey);
	const drops = keyed(before?.drops ?? [], dropKey);
	const ranked = (all: readonly TopDrop[]) => [...all].sort((a, b) => Number(b.packets) - Number(a.packets));
	return [
		`${now.time}  forwarded ${now.forwarded.fromPods.packets} packets ${now.forwarded.fromPods.bytes} bytes from pods, ` +
			`${now.forwarded.fromHost.packets} packets from the host; ${now.events.lost} events lost`,
		'',
		formatColumns(now.talkers.slice(0, rows), {
			NETWORK: ({ network }) => network,
			SOURCE: ({ source }) => source,
			DESTINATION: ({ destination }) => destination,
			CONVERSATIONS: ({ conversations }) => conversations,
			PACKETS: ({ packets }) => packets,
			BYTES: ({ bytes }) => bytes,
			'BYTES/S': (row) => rate(row.bytes, talkers.get(talkerKey(row))?.bytes),
		}),
		formatColumns(ranked(now.drops).slice(0, rows), {
			'DROPPED AT': ({ endpoint }) => endpoint ?? '-',
			NETWORK: ({ network }) => network ?? '-',
			DIRECTION: ({ direction }) => direction,
			REASON: ({ reason }) => reason,
			PACKETS: ({ packets }) => packets,
			'PACKETS/S': (row) => rate(row.packets, drops.get(dropKey(row))?.packets),
		}),
	].join('\n');
}

function keyed<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T> {
	return new Map(all.map((one) => [keyOf(one), one]));
}

function talkerKey({ network, source, destination }: TopTalker): string {
	return `${network} ${source} ${destination}`;
}

function dropKey({ endpoint, network, direction, reason }: TopDrop): string {
	return `${network} ${endpoint} ${direction} ${reason}`;
}
