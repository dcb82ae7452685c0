import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** Sockets of one namespace. */
export interface SocketWorker {
	/** A TCP server that answers each connection with the caller's address; resolves once it listens. */
	serveTcp(port: number, family: 4 | 6): Promise<void>;
	/** What the server said; rejects with the errno's name, or 'TIMEOUT'. */
	connectTcp(address: string, port: number, timeoutMs?: number): Promise<string>;
	/** Answers each datagram with itself. */
	serveUdp(port: number, family: 4 | 6): Promise<void>;
	sendUdp(address: string, port: number, text: string, timeoutMs?: number): Promise<string>;
	/** Answers each datagram with the caller's address. */
	tellUdp(port: number, family: 4 | 6): Promise<void>;
	/** From a connected socket, which hears of ICMP errors. */
	askUdp(address: string, port: number, from?: number, timeoutMs?: number): Promise<string>;
	/** A connection that stays: `send` resolves with the echo. */
	serveEcho(port: number, family: 4 | 6): Promise<void>;
	openEcho(address: string, port: number): Promise<void>;
	echo(text: string, timeoutMs?: number): Promise<string>;
	close(): Promise<void>;
}

// Negative answers are waited for; in an emulated machine positive ones take longer too.
const PATIENCE = Math.max(1, Number(process.env['HEDDLE_TEST_SLOWNESS'] ?? 1) / 4);

const ADDON = fileURLToPath(new URL('../../native/build/heddle.node', import.meta.url));

// Plain JavaScript: a worker in a namespace must open its sockets itself, and runs no TypeScript.
const CODE = `
const { parentPort, workerData } = require('node:worker_threads');
const net = require('node:net');
const dgram = require('node:dgram');
require(workerData.addon).netns.enter(workerData.netns);
let connection;
const any = (family) => (family === 4 ? '0.0.0.0' : '::');
const listen = (server, port, family) => new Promise((resolve, reject) => {
	server.once('error', reject);
	server.listen({ port, host: any(family), ipv6Only: family === 6 }, resolve);
});
const within = (ms, body) => new Promise((resolve, reject) => {
	const timer = setTimeout(() => reject(Object.assign(new Error('TIMEOUT'), { code: 'TIMEOUT' })), ms);
	body((value) => { clearTimeout(timer); resolve(value); }, (error) => { clearTimeout(timer); reject(error); });
});
const verbs = {
	serveTcp: (port, family) => listen(net.createServer((socket) => { socket.on('error', () => {}); socket.end(socket.remoteAddress); }), port, family),
	serveEcho: (port, family) => listen(net.createServer((socket) => { socket.on('error', () => {}); socket.pipe(socket); }), port, family),
	connectTcp: (address, port, ms) => within(ms, (resolve, reject) => {
		const socket = net.connect({ host: address, port });
		let text = '';
		socket.on('data', (data) => (text += data));
		socket.on('error', reject);
		socket.on('close', () => resolve(text));
		setTimeout(() => socket.destroy(), ms).unref();
	}),
	openEcho: (address, port) => within(15000, (resolve, reject) => {
		connection = net.connect({ host: address, port }, () => resolve());
		connection.on('error', reject);
	}),
	echo: (text, ms) => within(ms, (resolve) => {
		connection.removeAllListeners('data');
		connection.on('data', (data) => resolve(String(data)));
		connection.write(text);
	}),
	serveUdp: (port, family) => new Promise((resolve, reject) => {
		const socket = dgram.createSocket({ type: 'udp' + family, ipv6Only: family === 6 });
		socket.on('message', (message, from) => socket.send(message, from.port, from.address));
		socket.on('error', reject);
		socket.bind(port, any(family), resolve);
	}),
	sendUdp: (address, port, text, ms) => within(ms, (resolve, reject) => {
		const socket = dgram.createSocket(address.includes(':') ? 'udp6' : 'udp4');
		socket.on('message', (message) => { socket.close(); resolve(String(message)); });
		socket.on('error', reject);
		socket.send(text, port, address);
		setTimeout(() => { try { socket.close(); } catch {} }, ms + 10).unref();
	}),
};
Object.assign(verbs, {
	tellUdp: (port, family) => new Promise((resolve, reject) => {
		const socket = dgram.createSocket({ type: 'udp' + family, ipv6Only: family === 6 });
		socket.on('message', (message, from) => socket.send(from.address, from.port, from.address));
		socket.on('error', reject);
		socket.bind(port, any(family), resolve);
	}),
	askUdp: (address, port, from, ms) => {
		const socket = dgram.createSocket(address.includes(':') ? 'udp6' : 'udp4');
		return within(ms, (resolve, reject) => {
			socket.on('message', (message) => resolve(String(message)));
			socket.on('error', reject);
			socket.bind(from, () => socket.connect(port, address, () => socket.send('?')));
		}).finally(() => socket.close());
	},
});
parentPort.on('message', async ({ id, verb, args }) => {
	try {
		parentPort.postMessage({ id, value: (await verbs[verb](...args)) ?? undefined });
	} catch (error) {
		parentPort.postMessage({ id, error: error.code ?? String(error) });
	}
});
parentPort.postMessage({ id: 0 });
`;

interface Answer {
	readonly id: number;
	readonly value?: unknown;
	readonly error?: string;
}

export async function startSocketWorker(netns: number): Promise<SocketWorker> {
	const worker = new Worker(CODE, { eval: true, workerData: { netns, addon: process.env['HEDDLE_ADDON'] ?? ADDON } });
	const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
	let last = 0;
	worker.on('message', ({ id, value, error }: Answer) => {
		const waiter = waiting.get(id);
		waiting.delete(id);
		if (error === undefined) {
			waiter?.resolve(value);
		} else {
			waiter?.reject(new Error(error));
		}
	});
	worker.on('error', (error) => {
		for (const waiter of waiting.values()) {
			waiter.reject(error instanceof Error ? error : new Error(String(error)));
		}
	});
	const wait = (id: number) => new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
	const call = async <T>(verb: string, ...args: unknown[]): Promise<T> => {
		const id = ++last;
		const answer = wait(id);
		worker.postMessage({ id, verb, args });
		return (await answer) as T;
	};
	await wait(0);
	return {
		serveTcp: (port, family) => call('serveTcp', port, family),
		connectTcp: (address, port, timeoutMs = 1000) => call('connectTcp', address, port, timeoutMs * PATIENCE),
		serveUdp: (port, family) => call('serveUdp', port, family),
		sendUdp: (address, port, text, timeoutMs = 1000) => call('sendUdp', address, port, text, timeoutMs * PATIENCE),
		tellUdp: (port, family) => call('tellUdp', port, family),
		askUdp: (address, port, from = 0, timeoutMs = 1000) => call('askUdp', address, port, from, timeoutMs * PATIENCE),
		serveEcho: (port, family) => call('serveEcho', port, family),
		openEcho: (address, port) => call('openEcho', address, port),
		echo: (text, timeoutMs = 1000) => call('echo', text, timeoutMs * PATIENCE),
		async close() {
			await worker.terminate();
		},
	};
}
