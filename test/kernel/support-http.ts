import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { LabPod } from './lab.js';

const SERVER = fileURLToPath(new URL('../../examples/multi-network/pod-server.mjs', import.meta.url));

/** The walkthrough's server, in a pod: GET /client-ip answers who asked. */
export interface PodServer extends AsyncDisposable {
	readonly child: ChildProcess;
}

export async function serveIn(pod: LabPod, ...ports: number[]): Promise<PodServer> {
	const child = spawn('nsenter', [`--net=${pod.path}`, process.execPath, SERVER, ...ports.map(String)], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	await once(child.stdout, 'data');
	return {
		child,
		async [Symbol.asyncDispose]() {
			child.kill('SIGKILL');
			await once(child, 'exit');
		},
	};
}

export interface HttpAnswer {
	/** 0: no answer. */
	readonly status: number;
	readonly body: string;
	/** curl's: 7 refused, 28 timed out, 52 empty answer, 56 reset. */
	readonly code: number;
}

/** One request from a pod, by a client of its own. */
export async function request(pod: LabPod, url: string, ...options: string[]): Promise<HttpAnswer> {
	const format = '\\n%{http_code}';
	const { code, output } = await pod.run('curl', '-s', '-g', '-m', '3', '-w', format, ...options, url);
	const lines = output.split('\n');
	return { code, status: Number(lines.pop()), body: lines.join('\n').trim() };
}

export function urlOf(address: string, path: string, port = 80): string {
	return `http://${address.includes(':') ? `[${address}]` : address}:${port}${path}`;
}
