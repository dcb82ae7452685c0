// A server with the manners that tests need. Heads of requests are told on standard output, a line each.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const BLOCK = Buffer.alloc(64 << 10, 'heddle:');

/** Ends with what was sent, as a checksum; in a trailer, for a response of a known length. */
function large(response, bytes) {
	response.writeHead(200, { 'content-length': bytes });
	let left = bytes;
	const more = () => {
		while (left > 0) {
			const block = BLOCK.subarray(0, Math.min(left, BLOCK.length));
			left -= block.length;
			if (!response.write(block)) return response.once('drain', more);
		}
		response.end();
	};
	more();
}

function sink(request, response) {
	const hash = createHash('sha256');
	request.on('data', (data) => hash.update(data));
	request.on('error', () => undefined);
	request.on('end', () => response.end(hash.digest('hex')));
}

const PATHS = {
	'/sink': sink,
	'/large': (request, response) => large(response, Number(request.headers['x-bytes'] ?? 1 << 20)),
	'/who': (request, response) => response.end(request.socket.remoteAddress.replace(/^::ffff:/, '')),
	'/headers': (request, response) => response.end(JSON.stringify(request.headers)),
	'/slow': (_, response) => void setTimeout(() => response.end('slow'), 1000),
	'/chunks': (_, response) => {
		response.write('one,');
		setTimeout(() => response.end('two'), 50);
	},
	'/reset': (request, response) => {
		response.writeHead(200, { 'content-length': 1000 });
		response.write('part', () => request.socket.resetAndDestroy());
	},
};

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
	process.stdout.write(`${request.method} ${request.url}\n`);
	const answer = PATHS[request.url.split('?')[0]];
	if (answer) return answer(request, response);
	response.end('ok');
});

/** Whatever comes, back. */
function echo(socket, head, greeting) {
	socket.on('error', () => undefined);
	socket.write(greeting);
	if (head.length > 0) socket.write(head);
	socket.pipe(socket);
}

server.on('upgrade', (request, socket, head) => {
	process.stdout.write(`UPGRADE ${request.url}\n`);
	echo(socket, head, 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
});
server.on('connect', (request, socket, head) => {
	process.stdout.write(`CONNECT ${request.url}\n`);
	echo(socket, head, 'HTTP/1.1 200 OK\r\n\r\n');
});
server.listen({ port: Number(process.argv[2]), host: '::', backlog: 4096 }, () => process.stdout.write('ready\n'));
