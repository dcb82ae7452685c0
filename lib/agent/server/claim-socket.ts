import { lstatSync, rmSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import { HeddleError, invalidArgument } from '../../errors.js';
import { makeFolder } from '../../make-folder.js';

/** Longest path that Linux takes, without its zero byte. */
const LONGEST_PATH = 107;
const OWNER_ALONE = 0o177;

/** Listens at a path that only its owner may connect to. @throws ERR_SOCKET_IN_USE, ERR_SOCKET, ERR_INVALID_ARGUMENT */
export async function claimSocket(server: Server, path: string): Promise<void> {
	if (Buffer.byteLength(path) > LONGEST_PATH) {
		throw invalidArgument('socket', path, `a path of at most ${LONGEST_PATH} bytes`);
	}
	makeFolder(dirname(path), 0o755);
	await removeStale(path);
	// The socket file is made within this call: not for a moment is it others'.
	const before = process.umask(OWNER_ALONE);
	try {
		await new Promise<void>((resolve, reject) => {
			server.once('error', (cause: NodeJS.ErrnoException) => reject(socketError(path, cause)));
			server.listen({ path, backlog: 1024 }, resolve);
			process.umask(before);
		});
	} finally {
		process.umask(before);
	}
}

/** Of an agent that ended without removing it. What is no socket is not ours to remove. */
async function removeStale(path: string): Promise<void> {
	const found = lstatSync(path, { throwIfNoEntry: false });
	if (found === undefined) {
		return;
	}
	if (!found.isSocket()) {
		throw invalidArgument('socket', path, 'a path where there is nothing, or a socket');
	}
	if (await isAnswered(path)) {
		throw new HeddleError('ERR_SOCKET_IN_USE', `socket ${path}: found another agent there, expected none`, {
			field: 'socket',
			found: path,
		});
	}
	rmSync(path, { force: true });
}

function isAnswered(path: string): Promise<boolean> {
	return new Promise((resolve, reject) => {
		const probe = connect(path);
		const end = (settle: () => void) => {
			probe.destroy();
			settle();
		};
		probe.once('connect', () => end(() => resolve(true)));
		probe.once('error', (cause: NodeJS.ErrnoException) =>
			end(() => {
				if (cause.code === 'ECONNREFUSED' || cause.code === 'ENOENT') {
					resolve(false);
				} else {
					reject(socketError(path, cause));
				}
			}),
		);
	});
}

function socketError(path: string, cause: NodeJS.ErrnoException): HeddleError {
	return new HeddleError(
		'ERR_SOCKET',
		`socket ${path}: found ${cause.code ?? cause.message}, expected to listen there`,
		{
			field: 'socket',
			found: path,
			cause,
		},
	);
}
