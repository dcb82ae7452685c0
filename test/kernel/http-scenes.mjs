// What clients do to servers: `scene address [argument]`, one line of JSON on standard output.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';

const [scene, host, argument] = process.argv.slice(2);
const open = (options = {}) => {
	const socket = connect({ host, port: 80, ...options });
	socket.on('error', () => undefined);
	return socket;
};
const head = (method, path, ...lines) => [`${method} ${path} HTTP/1.1`, 'Host: server', ...lines, '', ''].join('\r\n');
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Everything until the end, or until `enough`. */
function textOf(socket, enough = () => false) {
	return new Promise((resolve) => {
		let text = '';
		socket.setEncoding('latin1').on('data', (part) => {
			text += part;
			if (enough(text)) resolve(text);
		});
		socket.on('close', () => resolve(text));
	});
}

const statusOf = (text) => Number(text.slice(9, 12));
const statuses = (text) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

async function tunnel(ask) {
	const socket = open();
	socket.write(ask);
	const greeted = await textOf(socket, (text) => text.includes('\r\n\r\n'));
	socket.write('through the tunnel');
	const echoed = await textOf(socket, (text) => text.includes('tunnel') || text.includes('HTTP'));
	socket.end();
	await once(socket, 'close');
	return { status: statusOf(greeted), echoed };
}

const SCENES = {
	upgrade: () => tunnel(head('GET', '/upgrade', 'Connection: Upgrade', 'Upgrade: echo')),
	connect: () => tunnel('CONNECT server:80 HTTP/1.1\r\nHost: server:80\r\n\r\n'),
	/** Three at once; the one in the middle is not allowed. */
	async pipeline() {
		const socket = open();
		socket.write(
			head('GET', '/who') + head('GET', '/denied') + head('HEAD', '/large') + head('GET', '/who', 'Connection: close'),
		);
		return statuses(await textOf(socket));
	},
	/** Nothing more to say, and still listening. */
	async halfClosed() {
		const socket = open({ allowHalfOpen: true });
		socket.end(head('GET', '/slow', 'Connection: close'));
		const text = await textOf(socket);
		return { status: statusOf(text), whole: text.endsWith('slow') };
	},
	async chunked() {
		const hash = createHash('sha256');
		const asking = request({ host, port: 80, path: '/sink', method: 'POST' });
		for (let i = 0; i < 200; i++) {
			const part = Buffer.alloc(1 + ((i * 7919) % 40_000), `${i},`);
			hash.update(part);
			if (!asking.write(part)) await once(asking, 'drain');
		}
		asking.end();
		const [response] = await once(asking, 'response');
		const text = await textOf(response);
		return { status: response.statusCode, same: text === hash.digest('hex') };
	},
	async resetInBody() {
		const socket = open();
		socket.write(head('POST', '/sink', 'Content-Length: 1000000') + 'x'.repeat(5000));
		await sleep(100);
		socket.resetAndDestroy();
		return true;
	},
	async serverResets() {
		const socket = open();
		let failed = false;
		socket.on('error', () => (failed = true));
		socket.write(head('GET', '/reset'));
		const text = await textOf(socket);
		return { status: statusOf(text), failed: failed || !text.endsWith('\r\n\r\n') };
	},
	/** How many of so many at the same time have their answers. */
	async crowd() {
		const sockets = Array.from({ length: Number(argument) }, () => open());
		await Promise.all(sockets.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])));
		sockets.forEach((socket) => socket.write(head('GET', '/who', 'Connection: close')));
		const texts = await Promise.all(sockets.map((socket) => textOf(socket)));
		return texts.filter((text) => statusOf(text) === 200).length;
	},
	/** From one port, again and again; the server, or the client, ends first. */
	async samePort() {
		const tallies = {};
		for (let i = 0; i < 50; i++) {
			const socket = open({ localPort: 45_000 });
			let fault;
			socket.on('error', ({ code }) => (fault = code));
			socket.write(head('GET', '/who', ...(argument === 'server' ? ['Connection: close'] : [])));
			const text = await textOf(socket, () => argument !== 'server');
			if (argument === 'server') socket.end();
			else socket.resetAndDestroy();
			if (!socket.closed) await once(socket, 'close');
			const outcome = fault ?? statusOf(text);
			tallies[outcome] = (tallies[outcome] ?? 0) + 1;
		}
		return tallies;
	},
};

process.stdout.write(`${JSON.stringify(await SCENES[scene]())}\n`);
process.exit(0);
