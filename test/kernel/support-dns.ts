import { spawn } from 'node:child_process';
import { once } from 'node:events';

import type { LabPod } from './lab.js';

/** Answers every A and AAAA question, over UDP and TCP, with the addresses given; the rest with NXDOMAIN. */
const SERVER = `
const zone = JSON.parse(process.argv[1]);
function answer(query) {
	let at = 12;
	const labels = [];
	while (query[at] !== 0) { labels.push(query.subarray(at + 1, at + 1 + query[at]).toString()); at += query[at] + 1; }
	const end = at + 5, type = query.readUInt16BE(at + 1);
	const addresses = (zone[labels.join('.').toLowerCase()] ?? []).filter((one) => (type === 28) === one.includes(':'));
	const known = labels.join('.').toLowerCase() in zone;
	const records = addresses.map((address) => {
		const data = type === 28
			? Buffer.from(expand(address).map((word) => word.padStart(4, '0')).join(''), 'hex')
			: Buffer.from(address.split('.').map(Number));
		const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]);
		return Buffer.concat([head, data]);
	});
	const head = Buffer.from(query.subarray(0, 12));
	head.writeUInt16BE(known ? 0x8580 : 0x8583, 2);
	head.writeUInt16BE(records.length, 6);
	head.writeUInt32BE(0, 8);
	return Buffer.concat([head, query.subarray(12, end), ...records]);
}
function expand(address) {
	const [left, right = ''] = address.split('::');
	const words = (text) => (text === '' ? [] : text.split(':'));
	const middle = Array(8 - words(left).length - words(right).length).fill('0');
	return [...words(left), ...middle, ...words(right)];
}
const udp = require('node:dgram').createSocket('udp6');
udp.on('message', (query, from) => udp.send(answer(query), from.port, from.address));
require('node:net').createServer((socket) => {
	let waiting = Buffer.alloc(0);
	socket.on('error', () => {}).on('data', (part) => {
		waiting = Buffer.concat([waiting, part]);
		while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
			const size = 2 + waiting.readUInt16BE(0), reply = answer(waiting.subarray(2, size)), head = Buffer.alloc(2);
			head.writeUInt16BE(reply.length);
			socket.write(Buffer.concat([head, reply]));
			waiting = waiting.subarray(size);
		}
	});
}).listen(53, '::', () => udp.bind(53, '::', () => process.stdout.write('ready\\n')));
`;

export async function serveDns(
	pod: LabPod,
	zone: Readonly<Record<string, readonly string[]>>,
): Promise<AsyncDisposable> {
	const child = spawn('nsenter', [`--net=${pod.path}`, process.execPath, '-e', SERVER, '--', JSON.stringify(zone)], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	await once(child.stdout, 'data');
	return {
		async [Symbol.asyncDispose]() {
			child.kill('SIGKILL');
			await once(child, 'exit');
		},
	};
}

const CLIENT = `
const { Resolver } = require('node:dns').promises;
const resolver = new Resolver({ timeout: 1500, tries: 1 });
resolver.setServers([process.argv[1]]);
const ask = (name) => resolver[process.argv[2]](name).catch((error) => error.code);
Promise.all(process.argv.slice(3).map(ask)).then((all) => process.stdout.write(JSON.stringify(all)));
`;

/** Addresses of each name, or c-ares' word for why there are none: EREFUSED, ENOTFOUND, ESERVFAIL, ETIMEOUT. */
export async function resolveIn(
	pod: LabPod,
	server: string,
	type: 'resolve4' | 'resolve6',
	...names: string[]
): Promise<(readonly string[] | string)[]> {
	const { output } = await pod.run(process.execPath, '-e', CLIENT, '--', server, type, ...names);
	return JSON.parse(output) as (readonly string[] | string)[];
}
