import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { execute } from './lab.js';
import type { LabPod } from './lab.js';

const ORIGIN = fileURLToPath(new URL('http-origin.mjs', import.meta.url));
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
		[Symbol.asyncDispose]: () => end(child),
	};
}

/** A server with the manners of http-origin.mjs. */
export interface Origin extends PodServer {
	/** What reached it: methods and paths. */
	readonly heard: readonly string[];
}

export async function originIn(pod: LabPod, port: number): Promise<Origin> {
	const child = spawn('nsenter', [`--net=${pod.path}`, process.execPath, ORIGIN, String(port)], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const heard: string[] = [];
	const lines = createInterface({ input: child.stdout });
	await once(lines, 'line');
	lines.on('line', (line) => heard.push(line));
	return { child, heard, [Symbol.asyncDispose]: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
	child.kill('SIGKILL');
	await once(child, 'exit');
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
	return answerOf(await pod.run('curl', ...CURL, ...options, url));
}

/** From the host itself. */
export async function hostRequest(url: string, ...options: string[]): Promise<HttpAnswer> {
	return answerOf(await execute('curl', [...CURL, ...options, url]));
}

const CURL = ['-s', '-g', '-m', '3', '-w', '\\n%{http_code}'];

function answerOf({ code, output }: { code: number; output: string }): HttpAnswer {
	const lines = output.split('\n');
	return { code, status: Number(lines.pop()), body: lines.join('\n').trim() };
}

export function urlOf(address: string, path: string, port = 80): string {
	return `http://${address.includes(':') ? `[${address}]` : address}:${port}${path}`;
}

/** One connection from a pod, kept open. */
export interface KeptConnection extends AsyncDisposable {
	/** The status; 'ended' where the connection ended instead. */
	get(path: string): Promise<number | 'ended'>;
	isOpen(): Promise<boolean>;
	/** Resolves once it has. */
	ended(): Promise<void>;
}

const CLIENT = `
const socket = require('node:net').connect({ host: process.argv[1], port: Number(process.argv[2]) });
let text = '', open = true;
const say = (line) => process.stdout.write(line + '\\n');
socket.setEncoding('latin1');
socket.on('data', (part) => {
	text += part;
	for (;;) {
		const head = text.indexOf('\\r\\n\\r\\n');
		if (head < 0) return;
		const length = Number(/content-length: (\\d+)/i.exec(text)?.[1] ?? 0);
		const chunked = /transfer-encoding: chunked/i.test(text.slice(0, head));
		const end = chunked ? text.indexOf('0\\r\\n\\r\\n', head) + 5 : head + 4 + length;
		if (end === 4 || text.length < end) return;
		say(text.slice(9, 12));
		text = text.slice(end);
	}
});
const over = () => { if (open) { open = false; say('ended'); } };
socket.on('error', over).on('end', over).on('close', over);
socket.on('connect', () => say('connected'));
require('node:readline').createInterface({ input: process.stdin }).on('line', (path) => {
	if (!open) return say('ended');
	if (path === '?') return say('open');
	socket.write('GET ' + path + ' HTTP/1.1\\r\\nHost: server\\r\\n\\r\\n');
});
`;

export async function keepAlive(pod: LabPod, address: string, port: number): Promise<KeptConnection> {
	const child = spawn('nsenter', [`--net=${pod.path}`, process.execPath, '-e', CLIENT, '--', address, String(port)], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	const next = async () => (await lines.next()).value as string;
	if ((await next()) !== 'connected') {
		throw new Error(`${pod.name}: expected a connection to ${address}:${port}`);
	}
	const ask = (line: string) => {
		child.stdin.write(`${line}\n`);
		return next();
	};
	return {
		async get(path) {
			const answer = await ask(path);
			return answer === 'ended' ? answer : Number(answer);
		},
		isOpen: async () => (await ask('?')) === 'open',
		async ended() {
			const line = await next();
			if (line !== 'ended') {
				throw new Error(`${pod.name}: found ${line}, expected the connection to end`);
			}
		},
		[Symbol.asyncDispose]: () => end(child),
	};
}
