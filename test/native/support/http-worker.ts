import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** HTTP as text, by the sockets of one namespace. */
export interface HttpWorker {
	/** Answers each head with 200 and the address and port it came from; `Upgrade` with 101 and an echo. */
	serve(port: number): Promise<void>;
	open(name: string, address: string, port: number): Promise<void>;
	openFrom(name: string, address: string, port: number, localPort: number): Promise<void>;
	/** Sends text, and resolves with the whole answer; of 1xx, with its head. Rejects when the connection ends before. */
	ask(name: string, text: string): Promise<string>;
	/** How the connection ended: 'end', or the error's code. */
	ended(name: string): Promise<string>;
	/** Heads that the server saw. */
	heads(): Promise<string[]>;
	stop(): Promise<void>;
}

const ADDON = fileURLToPath(new URL('../../../native/build/heddle.node', import.meta.url));

// Plain JavaScript: a worker in a namespace must open its sockets itself, and runs no TypeScript.
const CODE = `
const { parentPort, workerData } = require('node:worker_threads');
const net = require('node:net');
require(workerData.addon).netns.enter(workerData.netns);
const connections = new Map();
const heads = [];
function answer(socket) {
	let text = '';
	socket.on('error', () => {});
	socket.on('data', (data) => {
		if (socket.tunnel) return socket.write(data);
		text += data;
		for (let end = text.indexOf('\\r\\n\\r\\n'); end >= 0; end = text.indexOf('\\r\\n\\r\\n')) {
			const head = text.slice(0, end + 4);
			text = text.slice(end + 4);
			heads.push(head);
			// Whoever was reset before we looked has no address any more.
			const from = (socket.remoteAddress ?? '').replace('::ffff:', '') + ' ' + socket.remotePort;
			socket.tunnel = head.includes('Upgrade: echo');
			socket.write(socket.tunnel
				? 'HTTP/1.1 101 Switching Protocols\\r\\nConnection: upgrade\\r\\nUpgrade: echo\\r\\n\\r\\n'
				: 'HTTP/1.1 200 OK\\r\\nContent-Length: ' + from.length + '\\r\\n\\r\\n' + from);
		}
	});
}
function isWhole(text) {
	const end = text.indexOf('\\r\\n\\r\\n');
	if (!text.startsWith('HTTP/')) return text.length > 0;
	if (end < 0) return false;
	const length = /content-length: (\\d+)/i.exec(text);
	return text.length >= end + 4 + Number(length?.[1] ?? 0);
}
const verbs = {
	serve: (port) => new Promise((resolve, reject) => net.createServer(answer).on('error', reject).listen({ port, host: '::' }, () => resolve())),
	open: (name, address, port, localPort) => new Promise((resolve, reject) => {
		const socket = net.connect({ host: address, port, localPort }, () => resolve());
		const connection = { socket, text: '' };
		connection.ended = new Promise((end) => {
			let how = 'end';
			socket.on('error', (error) => { how = error.code; reject(error); });
			socket.on('close', () => end(how));
		});
		socket.on('data', (data) => { connection.text += data; connection.check?.(); });
		connections.set(name, connection);
	}),
	ask: (name, text) => new Promise((resolve, reject) => {
		const connection = connections.get(name);
		connection.text = '';
		connection.check = () => { if (isWhole(connection.text)) resolve(connection.text); };
		connection.ended.then((how) => reject(Object.assign(new Error(how), { code: how })));
		connection.socket.write(text);
	}),
	ended: (name) => connections.get(name).ended,
	heads: () => heads,
};
parentPort.on('message', async ({ id, verb, args }) => {
	try {
		parentPort.postMessage({ id, value: await verbs[verb](...args) });
	} catch (error) {
		parentPort.postMessage({ id, error: error.code ?? String(error) });
	}
});
`;

interface Answer {
	readonly id: number;
	readonly value?: unknown;
	readonly error?: string;
}

export function startHttpWorker(netns: number): HttpWorker {
	const worker = new Worker(CODE, { eval: true, workerData: { netns, addon: process.env['HEDDLE_ADDON'] ?? ADDON } });
	const waiting = new Map<number, (answer: Answer) => void>();
	let last = 0;
	worker.on('message', (answer: Answer) => {
		waiting.get(answer.id)?.(answer);
		waiting.delete(answer.id);
	});
	const call = (verb: string, ...args: unknown[]) =>
		new Promise<never>((resolve, reject) => {
			waiting.set(++last, ({ value, error }) =>
				error === undefined ? resolve(value as never) : reject(new Error(error)),
			);
			worker.postMessage({ id: last, verb, args });
		});
	return {
		serve: (port) => call('serve', port),
		open: (name, address, port) => call('open', name, address, port),
		openFrom: (name, address, port, localPort) => call('open', name, address, port, localPort),
		ask: (name, text) => call('ask', name, text),
		ended: (name) => call('ended', name),
		heads: () => call('heads'),
		stop: async () => void (await worker.terminate()),
	};
}
