/** Requests from one namespace to a server in another, by a tool that costs little beside what is measured. */
import { runTool } from '../support/tools.js';
import { type Contender, deniedPath, rulePort, smallPath } from './contender.js';

export interface Load {
	/** Requests a second that were answered. */
	readonly rate: number;
	readonly mbits: number;
	readonly p50_us: number;
	readonly p99_us: number;
	readonly failures: number;
}

export interface LoadOptions {
	readonly command: 'http' | 'http_new';
	readonly path: string;
	readonly connections: number;
	readonly seconds: number;
	/** Requests a second whether they are answered or not; latency counts from when each was due. */
	readonly rate?: number;
	/** @default rulePort */
	readonly port?: number;
}

function ends({ pair }: Contender, port: number): string[] {
	return [
		...['--client-ns', pair.client.namespace, '--server-ns', pair.server.namespace],
		...['--address', pair.server.address, '--port', String(port)],
	];
}

export async function load(contender: Contender, options: LoadOptions): Promise<Load> {
	const { command, path, connections, seconds, rate = 0, port = rulePort } = options;
	const measured = await runTool<Load>(
		'traffic',
		...[command, ...ends(contender, port)],
		...['--path', path, '--flows', String(connections), '--seconds', String(seconds)],
		...['--rate', rate.toFixed(0), '--cpu', String(contender.cpu)],
	);
	if (measured.failures > 0)
		throw new Error(`${contender.id} ${command} ${path}: found answers that are not 200 with the whole body`);
	return measured;
}

const asks = [
	{ method: 'GET', path: smallPath, allowed: true },
	{ method: 'GET', path: deniedPath, allowed: false },
	{ method: 'POST', path: smallPath, allowed: false },
] as const;

/** The rule holds in the very setup that is measured. */
export async function assertRule(contender: Contender): Promise<void> {
	for (const { method, path, allowed } of asks) {
		const expected = allowed || !contender.enforces ? 200 : 403;
		const { status, whole } = await ask(contender, method, path);
		if (status !== expected || (status === 200 && !whole))
			throw new Error(
				`${contender.id}: ${method} ${path}: found ${status}, body whole: ${whole}; expected ${expected}`,
			);
	}
}

export function ask(contender: Contender, method: string, path: string): Promise<{ status: number; whole: boolean }> {
	return runTool('traffic', 'http_ask', ...ends(contender, rulePort), '--method', method, '--path', path);
}

/** One that has just been started. */
export async function untilServing(contender: Contender): Promise<void> {
	for (let tries = 0; ; tries++) {
		const answer = await ask(contender, 'GET', smallPath).catch((error: unknown) => error);
		if ((answer as { status?: number }).status === 200) return;
		if (tries === 20)
			throw new Error(`${contender.id}: takes no requests: ${JSON.stringify(answer)} ${String(answer)}`);
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}
