import { isAbsolute } from 'node:path';
import { invalidArgument } from '../errors.js';

export type ListenAddress = { readonly path: string } | { readonly host: string | undefined; readonly port: number };

const UNIX = 'unix://';
const LAST_PORT = 65_535;
const EXPECTED = "'host:port', '[IPv6]:port', ':port' for every address of this host, or 'unix:///path'";

/** @throws ERR_INVALID_ARGUMENT naming `field` */
export function parseListenAddress(found: unknown, field: string): ListenAddress {
	if (typeof found !== 'string') {
		throw invalidArgument(field, found, EXPECTED);
	}
	return found.startsWith(UNIX) ? unixAddress(found, field) : hostAddress(found, field);
}

export function formatListenAddress(host: string, port: number): string {
	return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function unixAddress(found: string, field: string): ListenAddress {
	const path = found.slice(UNIX.length);
	if (!isAbsolute(path) || path.endsWith('/') || path.includes('\0')) {
		throw invalidArgument(field, found, "an absolute path of a file after 'unix://'");
	}
	return { path };
}

function hostAddress(found: string, field: string): ListenAddress {
	const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]/]*)):(\d{1,5})$/.exec(found);
	if (parts === null) {
		throw invalidArgument(field, found, EXPECTED);
	}
	const port = Number(parts[3]);
	if (port > LAST_PORT) {
		throw invalidArgument(field, found, `a port from 0 to ${LAST_PORT}; 0 is any that is free`);
	}
	const host = parts[1] ?? parts[2] ?? '';
	return { host: host === '' ? undefined : host, port };
}
