import type { AddressInfo, Server } from 'node:net';
import { claimSocket } from '../agent/server/claim-socket.js';
import { HeddleError, isHeddleError } from '../errors.js';
import { formatListenAddress } from './listen-address.js';
import type { ListenAddress } from './listen-address.js';

/**
 * Listens, and answers where. A unix socket is its owner's alone.
 * @param wanted the address as it was written
 * @throws ERR_SOCKET_IN_USE, ERR_SOCKET, ERR_INVALID_ARGUMENT
 */
export async function listen(server: Server, address: ListenAddress, wanted: string): Promise<string> {
	if ('path' in address) {
		await claimPath(server, address.path, wanted);
		return wanted;
	}
	await bind(server, address.host, address.port, wanted);
	const bound = server.address() as AddressInfo;
	return formatListenAddress(bound.address, bound.port);
}

async function claimPath(server: Server, path: string, wanted: string): Promise<void> {
	try {
		await claimSocket(server, path);
	} catch (error) {
		if (!isHeddleError(error)) {
			throw refused(wanted, error as NodeJS.ErrnoException);
		}
		throw new HeddleError(error.code, `listen: ${error.message}`, { ...error.details, field: 'listen', found: wanted });
	}
}

function bind(server: Server, host: string | undefined, port: number, wanted: string): Promise<void> {
	return new Promise((resolve, reject) => {
		const fail = (cause: NodeJS.ErrnoException) => reject(refused(wanted, cause));
		server.once('error', fail);
		server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
			server.off('error', fail);
			resolve();
		});
	});
}

function refused(wanted: string, cause: NodeJS.ErrnoException): HeddleError {
	const isInUse = cause.code === 'EADDRINUSE';
	const found = isInUse ? 'another process there' : (cause.code ?? cause.message);
	return new HeddleError(
		isInUse ? 'ERR_SOCKET_IN_USE' : 'ERR_SOCKET',
		`listen ${wanted}: found ${found}, expected to listen there`,
		{ field: 'listen', found: wanted, cause },
	);
}
