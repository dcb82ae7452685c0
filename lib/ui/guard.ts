import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { HeddleError } from '../errors.js';

/** Nothing from elsewhere runs, is loaded, or gets at what is shown. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
	'Content-Security-Policy': [
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self'",
		"connect-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	].join('; '),
	'X-Content-Type-Options': 'nosniff',
	'X-Frame-Options': 'DENY',
	'Referrer-Policy': 'no-referrer',
	'Cross-Origin-Opener-Policy': 'same-origin',
	'Cross-Origin-Resource-Policy': 'same-origin',
	'Cache-Control': 'no-store',
};

/**
 * Refuses what a browser was lured into: a name of a foreign site that was made to point here, and requests of foreign
 * pages. An address as host cannot be made to point elsewhere.
 * @throws ERR_FORBIDDEN
 */
export function checkOrigin({ headers }: IncomingMessage, hosts: ReadonlySet<string>): void {
	const host = hostName(headers.host ?? '');
	if (host === undefined || !(host === 'localhost' || isIP(host) !== 0 || hosts.has(host))) {
		throw forbidden('Host', headers.host, 'localhost, an address, or a name of the option hosts');
	}
	const site = headers['sec-fetch-site'];
	// To come from a link elsewhere shows nothing to that place.
	if (site !== undefined && site !== 'same-origin' && site !== 'none' && headers['sec-fetch-mode'] !== 'navigate') {
		throw forbidden('Sec-Fetch-Site', site, 'same-origin');
	}
}

function hostName(header: string): string | undefined {
	const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/.exec(header);
	return (parts?.[1] ?? parts?.[2])?.toLowerCase();
}

function forbidden(field: string, found: unknown, expected: string): HeddleError {
	return new HeddleError('ERR_FORBIDDEN', `${field}: found ${JSON.stringify(found)}, expected ${expected}`, {
		field,
		found,
		expected,
	});
}
