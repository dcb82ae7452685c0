import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const driver =
	process.env['HEDDLE_L7_DRIVER'] ?? join(dirname(fileURLToPath(import.meta.url)), '../../../native/build/l7_driver');

/** Bytes as they are: one character each. */
const raw = 'latin1';

export interface AccessLine {
	readonly kind: string;
	readonly method: string;
	readonly url: string;
	readonly status: number;
	readonly denied: boolean;
	readonly mismatched: boolean;
	readonly reason: string;
	readonly latencyNs: number;
	readonly [count: string]: unknown;
}

export interface Configuration {
	readonly rules: readonly object[] | null;
	readonly serverNames?: readonly string[];
	readonly limits?: Readonly<Record<string, number>>;
}

/** What it does with a connection; by default each whole head is answered with 200 and `ok`. */
export type ServerSide = (socket: Socket) => void;

export const ok = (body = 'ok') => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** Answers each whole head; bodies are not understood. */
export function answering(answer: (head: string, socket: Socket) => string): ServerSide {
	return (socket) => {
		let text = '';
		socket.on('data', (data) => {
			text += data.toString(raw);
			for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
				const head = text.slice(0, end + 4);
				text = text.slice(end + 4);
				const reply = answer(head, socket);
				if (reply !== '') socket.write(reply, raw);
			}
		});
	};
}

/** A server that keeps all that reaches it. */
export class Upstream {
	received = '';
	connections = 0;
	serve: ServerSide = answering(() => ok());
	readonly sockets = new Set<Socket>();
	readonly #server: Server;

	constructor() {
		this.#server = createServer({ allowHalfOpen: true }, (socket) => {
			this.connections++;
			this.sockets.add(socket);
			socket.on('error', () => {}).on('close', () => this.sockets.delete(socket));
			socket.on('data', (data) => (this.received += data.toString(raw))).on('end', () => socket.end());
			this.serve(socket);
		});
	}
	listen(): Promise<number> {
		return new Promise((resolve) => {
			this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as AddressInfo).port));
		});
	}
	reset(serve: ServerSide = answering(() => ok())): void {
		for (const socket of this.sockets) socket.destroy();
		this.sockets.clear();
		this.received = '';
		this.connections = 0;
		this.serve = serve;
	}
	close(): Promise<void> {
		for (const socket of this.sockets) socket.destroy();
		return new Promise((resolve) => this.#server.close(() => resolve()));
	}
}

export class Proxy {
	readonly records: AccessLine[] = [];
	readonly upstream = new Upstream();
	readonly #folder = mkdtempSync(join(tmpdir(), 'l7-'));
	port = 0;
	readonly #environment: NodeJS.ProcessEnv;
	#child: ChildProcess | undefined;

	/** `quiet`: without access records. `forbidden`: the call of io_uring that is, as in many containers. */
	constructor({ quiet, forbidden }: { quiet?: boolean; forbidden?: 'setup' | 'enter' } = {}) {
		this.#environment = {
			...(quiet && { L7_DRIVER_QUIET: '1' }),
			...(forbidden && { L7_DRIVER_FORBIDS_IO_URING: forbidden }),
		};
	}

	async start(configuration: Configuration, threads = 1): Promise<this> {
		this.#write(configuration);
		const upstream = await this.upstream.listen();
		const at = ['--listen', '127.0.0.1:0', '--upstream', `127.0.0.1:${upstream}`, '--threads', String(threads)];
		const env = { ...process.env, ...this.#environment };
		const child = spawn(driver, [...at, '--rules', this.#rules], { stdio: ['ignore', 'pipe', 'inherit'], env });
		this.#child = child;
		createInterface({ input: child.stdout }).on('line', (line) => this.#onLine(line));
		await until(() => this.port > 0);
		return this;
	}
	get pid(): number {
		return this.#child?.pid as number;
	}
	get #rules(): string {
		return join(this.#folder, 'rules.json');
	}
	#write(configuration: Configuration): void {
		writeFileSync(this.#rules, JSON.stringify(configuration));
	}
	#onLine(line: string): void {
		const record = JSON.parse(line) as AccessLine;
		if (typeof record['listening'] === 'number') this.port = record['listening'];
		else this.records.push(record);
	}
	async reload(configuration: Configuration): Promise<void> {
		this.#write(configuration);
		const before = this.#count('reloaded');
		this.#child?.kill('SIGHUP');
		await until(() => this.#count('reloaded') > before);
	}
	#count(kind: string): number {
		return this.records.filter((record) => record.kind === kind).length;
	}
	async statistics(): Promise<AccessLine> {
		const before = this.#count('statistics');
		this.#child?.kill('SIGUSR1');
		await until(() => this.#count('statistics') > before);
		return this.records.findLast(({ kind }) => kind === 'statistics') as AccessLine;
	}
	/** The exit code of the driver. */
	async close(): Promise<number | null> {
		const child = this.#child as ChildProcess;
		const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
		if (child.exitCode === null) child.kill('SIGTERM');
		const code = child.exitCode ?? (await ended);
		await this.upstream.close();
		rmSync(this.#folder, { recursive: true });
		return code;
	}
}

export async function until(condition: () => boolean, patienceMs = 5000): Promise<void> {
	for (let waited = 0; !condition(); waited += 5) {
		if (waited > patienceMs) throw new Error(`not within ${patienceMs} ms: ${condition}`);
		await sleep(5);
	}
}

/** A client of raw bytes. */
export class Client {
	text = '';
	/** The server's end, or a reset. */
	ended: 'end' | 'reset' | undefined;
	readonly socket: Socket;

	constructor(port: number, localAddress?: string) {
		const from = localAddress === undefined ? {} : { localAddress };
		this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true, ...from });
		this.socket.on('data', (data) => (this.text += data.toString(raw)));
		this.socket.on('end', () => (this.ended ??= 'end'));
		this.socket.on('error', () => (this.ended = 'reset'));
	}
	send(bytes: string): void {
		this.socket.write(bytes, raw);
	}
	/** Each byte a segment of its own. */
	async sendSlowly(bytes: string): Promise<void> {
		for (const byte of bytes) {
			if (this.ended !== undefined) return;
			this.socket.write(byte, raw);
			await turn();
		}
	}
	async got(text: string): Promise<void> {
		await until(() => this.text.includes(text));
	}
	async end(): Promise<void> {
		await until(() => this.ended !== undefined);
		this.socket.destroy();
	}
	close(): void {
		this.socket.destroy();
	}
}

/** Sends, and waits for the other side's end. What it said until then. */
export async function converse(port: number, bytes: string, slowly = false): Promise<string> {
	const client = new Client(port);
	if (slowly) await client.sendSlowly(bytes);
	else client.send(bytes);
	await client.end();
	return client.text;
}

/** Status of each response of a conversation. */
export function statuses(text: string): number[] {
	return [...text.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map(([, status]) => Number(status));
}

export const request = (target: string, ...headers: string[]) =>
	`GET ${target} HTTP/1.1\r\nHost: a\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`;

/** Allowed, and the last of its connection. */
export const last = request('/public', 'Connection: close');

/** What is made of an answer to `last`: its final head tells of the end. */
export const closing = (answer: string) =>
	answer.replace(/^((?:HTTP\/1\.1 1[^]*?\r\n\r\n)*[^]*?\r\n)\r\n/, '$1Connection: close\r\n\r\n');
