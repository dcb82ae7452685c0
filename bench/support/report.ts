/** bench/results.md: figures with all that is needed to read them. */
import { metrics as httpMetrics } from '../l7/rounds.js';
import { metrics } from '../live/traffic.js';
import { formatNumber, table } from './format.js';
import type { Result, Results } from './results.js';
import { type Target, explanations, passes, targets } from './targets.js';

export interface ReportHead {
	readonly command: string;
	readonly date: string;
	readonly seconds: number;
	/** Something else was running. */
	readonly busy: boolean;
	readonly machine: readonly (readonly [string, string])[];
}

const busyWarning =
	'**The machine was busy with other work when this began: ratios are unreliable, those above 1 for certain. Run it again on an idle machine.**';

export const peerTitles: readonly (readonly [string, string])[] = [
	['heddle', 'heddle'],
	['redirect', 'redirect_peer alone, no policy'],
	['uplink', 'heddle, out by an uplink (TC)'],
	['uplink_xdp', 'heddle, out by an uplink (XDP early drop)'],
	['routing', 'kernel routing'],
	['nft1k', 'routing + nftables verdict map, 1 k'],
	['nft100k', 'routing + nftables verdict map, 100 k'],
	['ipset', 'routing + iptables + ipset, 1 k'],
	['bridge', 'Linux bridge'],
];

export function writeReport(head: ReportHead, results: Results): string {
	const sections = [
		'# Bench results',
		`Written by \`${head.command}\` on ${head.date} in ${Math.round(head.seconds)} s. Medians; in brackets the smallest and largest of the rounds. Differences under 5 % mean nothing on a machine like this one.`,
		table(['machine', ''], head.machine),
		...(head.busy ? [busyWarning] : []),
		'## Must reach',
		targetTable(results),
		'## Between namespaces, as shares of the bare veth pair',
		'All processes and the kernel work they cause on one processor; each figure is the median of interleaved pairs with the bare pair. Where a peer enforces, the rule that allows the traffic is on the receiving side (of uplinks: on the pod’s, and the receiver is another host behind the uplink, as it is for kernel routing); before, between and after the rounds another port is proved closed. Small packets: raw 60-byte UDP frames, one send() each, of flows that have been answered, counted at the receiving interface and dropped there.',
		liveTable(results),
		'## HTTP rules, against transparent proxies',
		'One rule (GET, one expression of the path), client, server and proxy on one processor, one thread of each proxy; the peers in a host namespace where whatever arrives is local, without netfilter; upstream connections from the client’s address. The peers have the machine’s own TCP congestion control; heddle’s proxy has reno between ends on this machine (with reno for the peers too, large bodies were 1.24 times the better of them). Contenders take turns in every round; before, between and after the rounds a path and a method outside the rule are answered 403 and one inside it 200 with its whole body. p99: at half of heddle’s requests/s of the round, counted from when a request was due.',
		httpTable(results),
		'## Every figure',
		table(['id', 'value', 'unit', 'min', 'max', ''], [...results].map(resultRow)),
		...list('## What the peers and maps hold', results.facts),
		...list('## Not measured', results.gaps),
	];
	return `${sections.join('\n\n')}\n`;
}

function list(title: string, lines: readonly string[]): string[] {
	return lines.length === 0 ? [] : [title, lines.map((line) => `- ${line}`).join('\n')];
}

function targetTable(results: Results): string {
	const rows = targets.map((target) => {
		const result = results.get(target.id);
		const verdict = result === undefined ? 'not measured' : verdictOf(target, result);
		const measured = result === undefined ? '' : `${formatNumber(result.value)}${range(result)}`;
		return [`\`${target.id}\``, target.what, `${target.kind} ${formatNumber(target.limit)}`, measured, verdict];
	});
	return table(['id', 'what', 'must reach', 'measured', 'verdict'], rows);
}

function verdictOf(target: Target, { value }: Result): string {
	if (passes(target, value)) return 'pass';
	const why = explanations[target.id];
	return why === undefined ? 'miss' : `miss: ${why}`;
}

function liveTable(results: Results): string {
	const rows = peerTitles.map(([peer, title]) => [
		title,
		...metrics.map((metric) => {
			const result = results.get(peer === 'heddle' ? metric : `${peer}_${metric}`);
			return result === undefined ? '' : `${result.value.toFixed(2)}${range(result)}`;
		}),
	]);
	return table(['', ...metrics], rows);
}

function httpTable(results: Results): string {
	const rows = ['direct', 'heddle', 'nginx', 'haproxy'].map((id) => {
		const cells = httpMetrics.map((metric) => results.get(`l7_${id}_${metric}`));
		const title = cells[0]?.note ?? id;
		return [title, ...cells.map((cell) => (cell === undefined ? '' : `${formatNumber(cell.value)}${range(cell)}`))];
	});
	return table(['', ...httpMetrics], rows);
}

function range({ min, max }: Result): string {
	return min === undefined || max === undefined ? '' : ` (${formatNumber(min)}–${formatNumber(max)})`;
}

function resultRow(result: Result): string[] {
	const bounds = [result.min, result.max].map((bound) => (bound === undefined ? '' : formatNumber(bound)));
	return [`\`${result.id}\``, formatNumber(result.value), result.unit, ...bounds, result.note ?? ''];
}
