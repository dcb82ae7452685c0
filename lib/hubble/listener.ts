import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { claimSocket } from '../agent/server/claim-socket.js';
import { HeddleError } from '../errors.js';
import { formatListen } from './listen-address.js';
import type { ListenAddress, TcpAddress } from './listen-address.js';

export interface Listener {
	/** As given, with the port that was taken. */
	readonly address: ListenAddress;
	/** Takes no new connections, and ends those that are left. */
	close(): Promise<void>;
}

/** @throws ERR_SOCKET_IN_USE, ERR_SOCKET, ERR_INVALID_ARGUMENT */
export async function listen(address: ListenAddress, accept: (socket: Socket) => void): Promise<Listener> {
	const sockets = new Set<Socket>();
	const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		// Gone in the middle of something.
		socket.on('error', () => socket.destroy());
		accept(socket);
	});
	const taken = 'path' in address ? await listenUnix(server, address.path) : await listenTcp(server, address);
	return {
		address: taken,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				for (const socket of sockets) {
					socket.destroy();
				}
			}),
	};
}

async function listenUnix(server: Server, path: string): Promise<ListenAddress> {
	await claimSocket(server, path);
	return { path };
}

function listenTcp(server: Server, { host, port }: TcpAddress): Promise<ListenAddress> {
	return new Promise((resolve, reject) => {
		server.once('error', (cause: NodeJS.ErrnoException) => {
			const found = formatListen({ host, port });
			const message = `listen ${found}: found ${cause.code ?? cause.message}, expected to listen there`;
			reject(new HeddleError('ERR_SOCKET', message, { field: 'listen', found, cause }));
		});
		server.listen({ host, port }, () => resolve({ host, port: (server.address() as AddressInfo).port }));
	});
}
