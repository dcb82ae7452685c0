import type { RunningPod, Probe, ProbeResult } from './pod.js';
import { probeFrom } from './pod.js';

/** 'DENIED': the proxy answered 403. */
export type Outcome = 'FORWARDED' | 'DENIED' | 'DROPPED' | `WRONG_CLIENT_ADDRESS ${string}`;

/** One question of the walkthrough, in one address family. */
export interface Cell {
	readonly from: string;
	readonly to: string;
	/** Path of a GET, or ping. */
	readonly what: What;
	readonly family: 4 | 6;
	readonly expected: Outcome;
}

export interface AnsweredCell extends Cell {
	readonly actual: Outcome;
}

const FAMILIES = [4, 6] as const;
const WHAT = ['/client-ip', '/public', 'ping'] as const;
type What = (typeof WHAT)[number];

/** What policies.yaml says: the one path that each server keeps open. */
const OPEN_PATH: Readonly<Record<string, What>> = { 'server-default': '/client-ip', 'server-jupiter': '/public' };

/** `policies`: as they are applied, or before there are any. */
export function walkthroughCells(policies: boolean): Cell[] {
	return Object.entries(OPEN_PATH).flatMap(([to, open]) =>
		FAMILIES.flatMap((family) =>
			WHAT.map((what): Cell => ({
				from: 'client',
				to,
				what,
				family,
				expected: !policies || what === open ? 'FORWARDED' : what === 'ping' ? 'DROPPED' : 'DENIED',
			})),
		),
	);
}

/** Networks are apart: with the route to it or without, no pod reaches an address of another network. */
export function crossingCells(): Cell[] {
	return FAMILIES.flatMap((family) => [
		{ from: 'server-default', to: 'server-jupiter', what: 'ping', family, expected: 'DROPPED' } as const,
		{ from: 'server-jupiter', to: 'server-default', what: 'ping', family, expected: 'DROPPED' } as const,
	]);
}

export async function answer(
	pods: ReadonlyMap<string, RunningPod>,
	cells: readonly Cell[],
	timeoutMs: number,
): Promise<AnsweredCell[]> {
	const senders = [...new Set(cells.map(({ from }) => from))];
	const answered = await Promise.all(
		senders.map(async (from) => {
			const own = cells.filter((cell) => cell.from === from);
			const results = await probeFrom(
				podOf(pods, from),
				own.map((cell) => probeOf(pods, cell)),
				timeoutMs,
			);
			return own.map((cell, i) => ({ ...cell, actual: outcome(pods, cell, results[i] as ProbeResult) }));
		}),
	);
	return answered.flat();
}

function podOf(pods: ReadonlyMap<string, RunningPod>, name: string): RunningPod {
	const pod = pods.get(name);
	if (pod === undefined) throw new Error(`pods.yaml: found no pod '${name}', expected the walkthrough's`);
	return pod;
}

function addressOf(pods: ReadonlyMap<string, RunningPod>, cell: Cell): string {
	const [first] = podOf(pods, cell.to).attachments;
	const address = cell.family === 4 ? first?.ipv4 : first?.ipv6;
	if (address === undefined) throw new Error(`pod '${cell.to}': found no IPv${cell.family} address`);
	return address;
}

function probeOf(pods: ReadonlyMap<string, RunningPod>, cell: Cell): Probe {
	const address = addressOf(pods, cell);
	if (cell.what === 'ping') return { ping: address };
	return { url: `http://${cell.family === 4 ? address : `[${address}]`}${cell.what}` };
}

/** An answer to /client-ip counts only when the server saw the client's own address on that network. */
function outcome(pods: ReadonlyMap<string, RunningPod>, cell: Cell, result: ProbeResult): Outcome {
	if ('error' in result) return 'DROPPED';
	if ('alive' in result) return 'FORWARDED';
	if (result.status === 403 && result.body === 'Access denied') return 'DENIED';
	if (cell.what === '/public') return result.body === 'public' ? 'FORWARDED' : 'DROPPED';
	const { attachments } = podOf(pods, cell.from);
	const network = podOf(pods, cell.to).attachments[0]?.network;
	const own = attachments.find((each) => each.network === network);
	const expected = cell.family === 4 ? own?.ipv4 : own?.ipv6;
	return result.body === expected ? 'FORWARDED' : `WRONG_CLIENT_ADDRESS ${result.body}`;
}
