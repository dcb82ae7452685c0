// What runs in a server pod: GET /client-ip answers who asked, on every port given.
import { createServer } from 'node:http';

const server = (request, response) => {
	const address = request.socket.remoteAddress.replace(/^::ffff:/, '');
	const known = request.url === '/client-ip' || request.url === '/public';
	response.writeHead(known ? 200 : 404, { 'content-type': 'text/plain' });
	response.end(request.url === '/client-ip' ? `${address}\n` : known ? 'public\n' : 'not found\n');
};

await Promise.all(
	process.argv
		.slice(2)
		.map((port) => new Promise((resolve) => createServer(server).listen({ port: Number(port), host: '::' }, resolve))),
);
// Whoever started this knows now that it listens.
process.stdout.write('ready\n');
