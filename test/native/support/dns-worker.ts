import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** DNS over UDP and TCP, by the sockets of one namespace. */
export interface DnsWorker {
	/** Answers each query with the records. */
	serve(address: string, port: number, records: Uint8Array, count: number): Promise<void>;
	/** Rejects with ETIMEDOUT when there is no answer from that very address and port for 1 s. */
	ask(address: string, port: number, query: Uint8Array, tcp?: boolean): Promise<Uint8Array>;
	/** Of each query that was served: 'address port', in their order. */
	seen(): Promise<string[]>;
	stop(): Promise<void>;
}

const ADDON = fileURLToPath(new URL('../../../native/build/heddle.node', import.meta.url));

// Plain JavaScript: a worker in a namespace must open its sockets itself, and runs no TypeScript.
const CODE = `
const { parentPort, workerData } = require('node:worker_threads');
const dgram = require('node:dgram');
const net = require('node:net');
const { once } = require('node:events');
require(workerData.addon).netns.enter(workerData.netns);
const seen = [];
const framed = (message) => Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message]);
const answerTo = (query, records, count) => {
	const head = Buffer.from(query);
	head[2] |= 0x80;
	head[7] = count;
	return Buffer.concat([head, records]);
};
const udp = (address) => dgram.createSocket(address.includes(':') ? 'udp6' : 'udp4');
async function askUdp(address, port, query) {
	const socket = udp(address);
	socket.connect(port, address);
	await once(socket, 'connect');
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => (socket.close(), reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }))), 1000);
		socket.on('error', (error) => (clearTimeout(timer), socket.close(), reject(error)));
		socket.on('message', (message) => (clearTimeout(timer), socket.close(), resolve(message)));
		socket.send(query);
	});
}
function askTcp(address, port, query) {
	return new Promise((resolve, reject) => {
		const socket = net.connect({ host: address, port }, () => socket.write(framed(query)));
		let bytes = Buffer.alloc(0);
		socket.setTimeout(1000, () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
		socket.on('error', reject).on('close', () => reject(new Error('closed')));
		socket.on('data', (data) => {
			bytes = Buffer.concat([bytes, data]);
			if (bytes.length < 2 || bytes.length < 2 + bytes.readUInt16BE(0)) return;
			resolve(bytes.subarray(2));
			socket.destroy();
		});
	});
}
const verbs = {
	async serve(address, port, records, count) {
		const socket = udp(address);
		socket.on('message', (message, from) => {
			seen.push(from.address + ' ' + from.port);
			socket.send(answerTo(message, records, count), from.port, from.address);
		});
		socket.bind(port, address);
		await once(socket, 'listening');
		const server = net.createServer((stream) => {
			stream.on('error', () => {}).on('data', (data) => {
				seen.push(stream.remoteAddress + ' ' + stream.remotePort);
				stream.write(framed(answerTo(data.subarray(2), records, count)));
			});
		});
		server.listen(port, address);
		await once(server, 'listening');
	},
	ask: (address, port, query, tcp) => (tcp ? askTcp : askUdp)(address, port, query),
	seen: () => seen,
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

export function startDnsWorker(netns: number): DnsWorker {
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
		serve: (...args) => call('serve', ...args),
		ask: (...args) => call('ask', ...args),
		seen: () => call('seen'),
		stop: async () => void (await worker.terminate()),
	};
}
