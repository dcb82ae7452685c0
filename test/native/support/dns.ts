import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket, type RemoteInfo, type Socket as Datagrams } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { a, answer, idOf, pointer, u16 } from './dns-messages.js';

const driver =
	process.env['HEDDLE_DNS_DRIVER'] ?? join(dirname(fileURLToPath(import.meta.url)), '../../../native/build/dns_driver');

export interface Line {
	readonly kind: string;
	readonly [field: string]: unknown;
}

export interface Configuration {
	readonly rules: readonly object[] | null;
	readonly limits?: Readonly<Record<string, number>>;
	readonly learns?: boolean;
}

/** Of one query that reached the server. */
export interface Asked {
	readonly message: Buffer;
	readonly from: { readonly address: string; readonly port: number };
	readonly tcp: Socket | undefined;
	reply(message: Buffer): void;
}

export const address = '192.0.2.1';
const answerAll = ({ message, reply }: Asked) => reply(answer(message, [a(pointer(), address)]));

/** Messages of a stream, each with its length before it. */
function eachMessage(socket: Socket, each: (message: Buffer) => void): void {
	let bytes = Buffer.alloc(0);
	socket.on('data', (data: Buffer) => {
		bytes = Buffer.concat([bytes, data]);
		while (bytes.length >= 2 && bytes.length >= 2 + bytes.readUInt16BE(0)) {
			const end = 2 + bytes.readUInt16BE(0);
			each(bytes.subarray(2, end));
			bytes = bytes.subarray(end);
		}
	});
}

export const framed = (message: Buffer): Buffer => Buffer.concat([u16(message.length), message]);

/** A server of DNS, over UDP and TCP; by default every query has one address as its answer. */
export class DnsServer {
	readonly asked: Asked[] = [];
	serve: (asked: Asked) => void = answerAll;
	port = 0;
	readonly sockets = new Set<Socket>();
	readonly #udp: Datagrams;
	readonly #tcp: Server;
	readonly #host: string;

	constructor(host: string) {
		this.#host = host;
		this.#udp = createSocket(host.includes(':') ? 'udp6' : 'udp4');
		this.#udp.on('message', (message, from: RemoteInfo) =>
			this.#take({ message, from, tcp: undefined, reply: (bytes) => this.send(bytes, from) }),
		);
		this.#tcp = createServer((socket) => {
			this.sockets.add(socket);
			socket.on('error', () => {}).on('close', () => this.sockets.delete(socket));
			const from = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
			eachMessage(socket, (message) =>
				this.#take({ message, from, tcp: socket, reply: (bytes) => void socket.write(framed(bytes)) }),
			);
		});
	}
	#take(asked: Asked): void {
		this.asked.push(asked);
		this.serve(asked);
	}
	send(message: Buffer, to: { readonly address: string; readonly port: number }): void {
		this.#udp.send(message, to.port, to.address);
	}
	async listen(): Promise<number> {
		this.#tcp.listen(0, this.#host);
		await once(this.#tcp, 'listening');
		this.port = (this.#tcp.address() as AddressInfo).port;
		this.#udp.bind(this.port, this.#host);
		await once(this.#udp, 'listening');
		return this.port;
	}
	async close(): Promise<void> {
		if (!this.#tcp.listening) return;
		for (const socket of this.sockets) socket.destroy();
		this.#tcp.close();
		this.#udp.close();
		await once(this.#tcp, 'close');
	}
}

export class Proxy {
	readonly lines: Line[] = [];
	readonly server: DnsServer;
	readonly host: string;
	port = 0;
	readonly #folder = mkdtempSync(join(tmpdir(), 'dns-'));
	#child: ChildProcess | undefined;

	constructor(host = '127.0.0.1') {
		this.host = host;
		this.server = new DnsServer(host);
	}

	async start(configuration: Configuration, threads = 1, env: NodeJS.ProcessEnv = {}): Promise<this> {
		this.#write(configuration);
		const upstream = await this.server.listen();
		const host = this.host.includes(':') ? `[${this.host}]` : this.host;
		const at = ['--listen', `${host}:0`, '--upstream', `${host}:${upstream}`, '--threads', String(threads)];
		const child = spawn(driver, [...at, '--rules', this.#rules], {
			stdio: ['pipe', 'pipe', 'inherit'],
			env: { ...process.env, ...env },
		});
		this.#child = child;
		createInterface({ input: child.stdout }).on('line', (line) => this.#onLine(line));
		await until(() => this.port > 0 || child.exitCode !== null);
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
		const record = JSON.parse(line) as Line;
		if (typeof record['listening'] === 'number') this.port = record['listening'];
		else this.lines.push(record);
	}
	tell(line: string): void {
		this.#child?.stdin?.write(`${line}\n`);
	}
	of(kind: string): Line[] {
		return this.lines.filter((line) => line.kind === kind);
	}
	async #ask(word: string, kind: string): Promise<Line> {
		const before = this.of(kind).length;
		this.tell(word);
		await until(() => this.of(kind).length > before);
		return this.of(kind).at(-1) as Line;
	}
	async reload(configuration: Configuration): Promise<void> {
		this.#write(configuration);
		await this.#ask('reload', 'reloaded');
	}
	async remove(): Promise<void> {
		await this.#ask('remove', 'removed');
	}
	async statistics(): Promise<Line> {
		return this.#ask('statistics', 'statistics');
	}
	/** Name of each lesson, in their order. */
	async lessons(count: number): Promise<Line[]> {
		await until(() => this.of('lesson').length >= count);
		return this.of('lesson');
	}
	/** The exit code of the driver. */
	async close(): Promise<number | null> {
		const child = this.#child as ChildProcess;
		const ended = child.exitCode ?? once(child, 'exit').then(([code]) => code as number | null);
		child.stdin?.end();
		const code = await ended;
		await this.server.close();
		rmSync(this.#folder, { recursive: true });
		return code;
	}
}

export async function until(condition: () => boolean, patienceMs = 5000): Promise<void> {
	for (let waited = 0; !condition(); waited += 2) {
		if (waited > patienceMs) throw new Error(`not within ${patienceMs} ms: ${condition}`);
		await sleep(2);
	}
}

/** A client of UDP at an address of its own. */
export class UdpClient {
	readonly got: Buffer[] = [];
	/** Where the last message came from. */
	from: RemoteInfo | undefined;
	readonly #socket: Datagrams;
	readonly #proxy: Proxy;

	constructor(proxy: Proxy) {
		this.#proxy = proxy;
		this.#socket = createSocket(proxy.host.includes(':') ? 'udp6' : 'udp4');
		this.#socket.on('message', (message, from) => {
			this.got.push(message);
			this.from = from;
		});
	}
	async bind(from = this.#proxy.host): Promise<this> {
		this.#socket.bind(0, from);
		await once(this.#socket, 'listening');
		return this;
	}
	get port(): number {
		return this.#socket.address().port;
	}
	send(message: Buffer): void {
		this.#socket.send(message, this.#proxy.port, this.#proxy.host);
	}
	/** The answer with the id of the query. */
	async ask(message: Buffer): Promise<Buffer> {
		this.send(message);
		return this.answerTo(message);
	}
	async answerTo(message: Buffer): Promise<Buffer> {
		const find = () => this.got.findIndex((got) => idOf(got) === idOf(message));
		await until(() => find() >= 0);
		return this.got.splice(find(), 1)[0] as Buffer;
	}
	close(): void {
		this.#socket.close();
	}
}

export class TcpClient {
	readonly got: Buffer[] = [];
	ended: 'end' | 'reset' | undefined;
	readonly socket: Socket;

	constructor(proxy: Proxy, localAddress?: string) {
		const from = localAddress === undefined ? {} : { localAddress };
		this.socket = connect({ port: proxy.port, host: proxy.host, allowHalfOpen: true, noDelay: true, ...from });
		eachMessage(this.socket, (message) => this.got.push(message));
		this.socket.on('end', () => (this.ended ??= 'end'));
		this.socket.on('error', () => (this.ended = 'reset'));
	}
	send(...messages: Buffer[]): void {
		this.socket.write(Buffer.concat(messages.map(framed)));
	}
	async ask(message: Buffer): Promise<Buffer> {
		this.send(message);
		return this.answerTo(message);
	}
	async answerTo(message: Buffer): Promise<Buffer> {
		const find = () => this.got.findIndex((got) => idOf(got) === idOf(message));
		await until(() => find() >= 0);
		return this.got.splice(find(), 1)[0] as Buffer;
	}
	async end(): Promise<void> {
		await until(() => this.ended !== undefined);
		this.socket.destroy();
	}
	close(): void {
		this.socket.destroy();
	}
}
