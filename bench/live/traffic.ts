import { runTool } from '../support/tools.js';
import { type Peer, openPort } from './peer.js';

export const metrics = ['inject1', 'inject1k', 'tcp_stream', 'tcp_rr', 'tcp_crr', 'udp'] as const;
/** 64 frames a syscall: a sender that costs less, beside which every path looks dearer. */
export const fullMetrics = [...metrics, 'inject1_batched'] as const;
export type Metric = (typeof fullMetrics)[number];

export const metricUnits: Record<Metric, string> = {
	inject1: 'packets/s',
	inject1k: 'packets/s',
	inject1_batched: 'packets/s',
	tcp_stream: 'Mbit/s',
	tcp_rr: 'round trips/s',
	tcp_crr: 'connections/s',
	udp: 'datagrams/s',
};

interface Measured {
	readonly rate: number;
	readonly sent?: number;
	readonly received?: number;
	readonly failures?: number;
}

export interface TrafficSettings {
	readonly cpu: number;
	readonly seconds: number;
}

function ends({ pair }: Peer): string[] {
	return [
		...['--client-ns', pair.client.namespace, '--server-ns', pair.server.namespace],
		...['--address', pair.server.address],
	];
}

function injectArguments({ pair }: Peer, flows: number): string[] {
	return [
		...['--flows', String(flows), '--source', pair.client.address],
		...['--to-mac', pair.clientNextHop, '--back-mac', pair.serverNextHop],
	];
}

function commandOf(peer: Peer, metric: Metric): string[] {
	if (metric === 'inject1') return ['inject', ...injectArguments(peer, 1)];
	if (metric === 'inject1_batched') return ['inject', ...injectArguments(peer, 1), '--batch', '64'];
	if (metric === 'inject1k') return ['inject', ...injectArguments(peer, 1000)];
	return [metric];
}

/** One measurement: the rate, counted where the packets arrive. */
export async function measure(peer: Peer, metric: Metric, { cpu, seconds }: TrafficSettings): Promise<number> {
	const measured = await runTool<Measured>(
		'traffic',
		...commandOf(peer, metric),
		...ends(peer),
		...['--port', String(openPort), '--cpu', String(cpu), '--seconds', String(seconds)],
	);
	assertArrived(peer, metric, measured);
	return measured.rate;
}

function assertArrived(peer: Peer, metric: Metric, { sent, received, failures = 0 }: Measured): void {
	const lost = sent !== undefined && received !== undefined ? 1 - received / sent : 0;
	// What was on its way when the time was over is not lost; more than this is.
	if (lost > 0.02 || failures > 5)
		throw new Error(`${peer.id} ${metric}: found ${received} of ${sent} arrived, ${failures} failures, expected all`);
}

export async function reachable(peer: Peer, protocol: 'tcp' | 'udp', port: number): Promise<boolean> {
	const answer = await runTool<{ reachable: boolean }>(
		`traffic`,
		...[`probe_${protocol}`, ...ends(peer)],
		...['--port', String(port), '--timeout-ms', '150'],
	);
	return answer.reachable;
}
