import { hasPorts, PORT_PROTOCOLS } from '../policy/protocols.js';
import { FIRST_PORT, LAST_PORT } from '../policy/row.js';
import type { PortSpan } from '../rules/rule.js';
import type { AccessPorts, PairVerdict } from './access-change.js';
import { covers, isEveryPort, speaksOfProtocol } from './ports.js';
import { rulingOf, together, type Ruling } from './ruling.js';
import type { SideView, ViewedRule } from './side-view.js';

/** What the source's egress and the destination's ingress say, of one version. */
export interface PairView {
	readonly egress: SideView | undefined;
	readonly ingress: SideView | undefined;
}

export interface PortChange {
	readonly ports: readonly AccessPorts[];
	readonly before: PairVerdict;
	readonly after: PairVerdict;
}

/** Stands for every protocol that nothing names. */
const UNNAMED = -1;

/** The ports of which two versions say something else, those of which they say the same together. */
export function portChanges(before: PairView, after: PairView): PortChange[] {
	const spans = spansIn(before, after);
	const protocols = [...protocolsOf(spans), UNNAMED];
	const changes = new Map<string, { before: PairVerdict; after: PairVerdict; ports: Interval[] }>();
	for (const protocol of protocols) {
		for (const interval of intervalsOf(spans, protocol)) {
			const was = verdictAt(before, protocol, interval.port);
			const is = verdictAt(after, protocol, interval.port);
			if (sameAccess(was, is)) {
				continue;
			}
			const key = JSON.stringify([was, is]);
			const known = changes.get(key) ?? { before: was, after: is, ports: [] };
			changes.set(key, known);
			known.ports.push(interval);
		}
	}
	return [...changes.values()].map((change) => ({ ...change, ports: fold(change.ports, protocols) }));
}

interface Interval {
	readonly protocol: number;
	readonly port: number;
	readonly endPort: number;
}

function spansIn(...pairs: readonly PairView[]): PortSpan[] {
	const views = pairs.flatMap(({ egress, ingress }) => [egress, ingress]);
	return views.flatMap((view) => view?.rules ?? []).flatMap(({ spans }) => spans);
}

/** Those that any rule names, ascending. */
function protocolsOf(spans: readonly PortSpan[]): number[] {
	const named = spans.flatMap((span) => {
		if (span.protocol !== 'any') {
			return [span.protocol];
		}
		return isEveryPort(span) ? [] : PORT_PROTOCOLS;
	});
	return [...new Set(named)].sort((a, b) => a - b);
}

/** Between all boundaries of spans of the protocol. */
function intervalsOf(spans: readonly PortSpan[], protocol: number): Interval[] {
	const own = hasPorts(protocol) ? spans.filter((span) => !isEveryPort(span) && speaksOfProtocol(span, protocol)) : [];
	const starts = new Set([FIRST_PORT, ...own.flatMap(({ port, endPort }) => [port, endPort + 1])]);
	const sorted = [...starts].filter((start) => start <= LAST_PORT).sort((a, b) => a - b);
	return sorted.map((port, i) => ({ protocol, port, endPort: (sorted[i + 1] ?? LAST_PORT + 1) - 1 }));
}

function verdictAt({ egress, ingress }: PairView, protocol: number, port: number): PairVerdict {
	const [left, right] = [egress, ingress].map((view) => view && rulingAt(view, protocol, port));
	const verdict = together(left?.verdict, right?.verdict);
	return {
		verdict,
		...(left === undefined ? {} : { egress: left.verdict }),
		...(right === undefined ? {} : { ingress: right.verdict }),
		...(verdict === 'redirected' ? { l7: { ...asked('egress', left), ...asked('ingress', right) } } : {}),
	};
}

function asked(side: 'egress' | 'ingress', ruling: Ruling<ViewedRule> | undefined): PairVerdict['l7'] {
	if (ruling?.verdict !== 'redirected') {
		return {};
	}
	return { [side]: ruling.by.flatMap(({ l7 }) => (l7 === undefined ? [] : [l7])) };
}

function rulingAt(view: SideView, protocol: number, port: number): Ruling<ViewedRule> {
	const speaking = view.rules.filter(({ spans }) => spans.some((span) => covers(span, protocol, port)));
	return rulingOf(speaking, view.default);
}

/** Which side it is that denies makes no difference to who reaches whom. */
function sameAccess(a: PairVerdict, b: PairVerdict): boolean {
	return a.verdict === b.verdict && JSON.stringify(a.l7) === JSON.stringify(b.l7);
}

/** Neighbours as one; the same of every protocol as `any`. */
function fold(intervals: readonly Interval[], protocols: readonly number[]): AccessPorts[] {
	const joined: Interval[] = [];
	for (const next of intervals) {
		const last = joined.at(-1);
		if (last !== undefined && last.protocol === next.protocol && last.endPort + 1 === next.port) {
			joined[joined.length - 1] = { ...last, endPort: next.endPort };
		} else {
			joined.push(next);
		}
	}
	const whole = new Set(joined.filter(isEveryPort).map(({ protocol }) => protocol));
	if (!whole.has(UNNAMED)) {
		return joined;
	}
	const except = protocols.filter((protocol) => !whole.has(protocol));
	const rest = joined.filter((one) => !isEveryPort(one));
	const every = { protocol: 'any' as const, port: FIRST_PORT, endPort: LAST_PORT };
	return [...rest, except.length === 0 ? every : { ...every, except }];
}
