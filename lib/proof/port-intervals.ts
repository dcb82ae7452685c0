import type { PortSpread } from './statement.js';

/** Ports of a protocol that nothing tells apart. */
export interface PortInterval {
	readonly protocol: number;
	readonly port: number;
	readonly endPort: number;
}

/** Protocols that documents can name. */
const USUAL = [1, 6, 17, 58, 132];
const LAST_PORT = 65535;

/**
 * Every protocol that is named, and one that nobody names, each cut where a port range begins or ends. Protocols
 * without ports have one interval, at port 0, as packets of them have.
 */
export function intervalsOf(spreads: readonly PortSpread[]): PortInterval[] {
	const named = new Set(USUAL);
	for (const { protocol } of spreads) {
		if (protocol !== 'every') {
			named.add(protocol);
		}
	}
	return [...named, unnamed(named)].flatMap((protocol) =>
		USUAL.includes(protocol) ? cut(protocol, spreads) : [{ protocol, port: 0, endPort: 0 }],
	);
}

function unnamed(named: ReadonlySet<number>): number {
	return Array.from({ length: 256 }, (_, i) => 255 - i).find((protocol) => !named.has(protocol)) ?? 0;
}

function cut(protocol: number, spreads: readonly PortSpread[]): PortInterval[] {
	const starts = new Set([0]);
	for (const spread of spreads) {
		if (spread.protocol === protocol) {
			starts.add(spread.first);
			starts.add(spread.last + 1);
		}
	}
	const sorted = [...starts].filter((port) => port <= LAST_PORT).sort((a, b) => a - b);
	return sorted.map((port, i) => ({ protocol, port, endPort: (sorted[i + 1] ?? LAST_PORT + 1) - 1 }));
}
