import { invalidArgument } from '../errors.js';

export type ListenAddress = UnixAddress | TcpAddress;

export interface UnixAddress {
	readonly path: string;
}

export interface TcpAddress {
	/** Every address where there is none. */
	readonly host: string | undefined;
	readonly port: number;
}

const EXPECTED = "'unix:///path', 'host:port', '[IPv6]:port' or ':port'";
const TCP = /^(?:\[([0-9a-fA-F:.%]+)\]|([^\s[\]:/]*)):(\d{1,5})$/;

/** @throws ERR_INVALID_ARGUMENT naming `listen` */
export function parseListen(text: unknown): ListenAddress {
	if (typeof text !== 'string') {
		throw invalidArgument('listen', text, EXPECTED);
	}
	return text.startsWith('unix:') ? parseUnix(text) : parseTcp(text);
}

function parseUnix(text: string): UnixAddress {
	const path = text.replace(/^unix:(\/\/)?/, '');
	if (!path.startsWith('/') || path.includes('\0')) {
		throw invalidArgument('listen', text, 'unix:// and an absolute path');
	}
	return { path };
}

function parseTcp(text: string): TcpAddress {
	const found = TCP.exec(text);
	const port = Number(found?.[3]);
	if (found === null || port > 65_535) {
		throw invalidArgument('listen', text, EXPECTED);
	}
	const host = found[1] ?? found[2];
	return { host: host === '' ? undefined : host, port };
}

/** As {@link parseListen} reads it. */
export function formatListen(address: ListenAddress): string {
	if ('path' in address) {
		return `unix://${address.path}`;
	}
	const { host = '', port } = address;
	return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
