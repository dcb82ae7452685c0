import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import type { LabPod } from './lab.js';
import type { SocketWorker } from './socket-worker.js';

const KNOCK_MS = 60;
/** A datagram is not sent again: whoever waits longer than this waits for one that was lost. */
const LOST_MS = 3000;

const children: ChildProcess[] = [];

/** Pings without end; how many of them had no answer. */
export function startPings(from: LabPod, address: string): { stop(): Promise<{ sent: number; lost: number }> } {
	const args = [`--net=${from.path}`, 'ping', '-n', '-i', '0.01', address];
	const child = spawn('nsenter', args, { stdio: ['ignore', 'pipe', 'inherit'] });
	children.push(child);
	let output = '';
	child.stdout.on('data', (data: Buffer) => (output += data.toString()));
	return {
		async stop() {
			// The last one's answer is on its way.
			await new Promise((resolve) => setTimeout(resolve, 100));
			child.kill('SIGINT');
			await once(child, 'close');
			const [, sent = '0', received = '0'] = /(\d+) packets transmitted, (\d+) received/.exec(output) ?? [];
			// One may be under way when it ends.
			return { sent: Number(sent), lost: Math.max(0, Number(sent) - Number(received) - 1) };
		},
	};
}

/** After a test that failed. */
export function endPings(): void {
	children.splice(0).forEach((child) => child.kill('SIGKILL'));
}

export interface Asking {
	stop(): Promise<{ tried: number; answered: number }>;
}

/** Knocks without end at a port that policy keeps closed; how often somebody answered. */
export function startKnocks(from: SocketWorker, address: string, port: number): Asking {
	return startAsking(from, address, port, KNOCK_MS);
}

/**
 * Conversations that policy allows, a new one each time; every one is to be answered.
 * @param pauseMs between them: a masqueraded address has so many ports for one peer
 */
export function startConversations(from: SocketWorker, address: string, port: number, pauseMs = 0): Asking {
	return startAsking(from, address, port, LOST_MS, pauseMs);
}

function startAsking(from: SocketWorker, address: string, port: number, waitMs: number, pauseMs = 0): Asking {
	const counts = { tried: 0, answered: 0 };
	let going = true;
	const ask = async () => {
		while (going) {
			counts.tried++;
			await from.sendUdp(address, port, 'x', waitMs).then(
				() => counts.answered++,
				() => undefined,
			);
			await new Promise((resolve) => setTimeout(resolve, pauseMs));
		}
		return counts;
	};
	const done = ask();
	return {
		stop() {
			going = false;
			return done;
		},
	};
}
