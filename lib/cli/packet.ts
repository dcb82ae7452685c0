import { describeValue } from '../errors.js';
import { hasPorts, ICMP, ICMPV6, parseProtocol, TCP } from '../policy/protocols.js';
import type { NamedPort } from '../rules/policy-identity.js';
import { usageError } from './options.js';

/** Of the packet that is asked about. */
export interface Packet {
	readonly protocol: number;
	readonly port: number;
}

const EXPECTED = 'PORT[/PROTOCOL] such as 80/TCP, http/TCP, 53/UDP, 8/ICMP (type), 3:1/ICMP (type:code), or 0/47';

/** `named`: of the destination. @throws ERR_USAGE */
export function parsePacket(text: string | undefined, named: readonly NamedPort[]): Packet {
	const [port = '', name = 'TCP', ...rest] = (text ?? '').split('/');
	const protocol = parseProtocol(/^\d+$/.test(name) ? Number(name) : name);
	if (text === undefined || typeof protocol !== 'number' || rest.length > 0) {
		throw wrong(text);
	}
	if (protocol === ICMP || protocol === ICMPV6) {
		return { protocol, port: parseIcmp(port, text) };
	}
	const number = /^\d+$/.test(port)
		? Number(port)
		: named.find((one) => one.name === port && one.protocol === protocol)?.port;
	const least = protocol === TCP ? 1 : 0;
	if (number === undefined || number < least || number > 65535 || (!hasPorts(protocol) && number !== 0)) {
		throw wrong(text);
	}
	return { protocol, port: number };
}

function parseIcmp(text: string, whole: string): number {
	const [, type, code = '0'] = /^(\d{1,3})(?::(\d{1,3}))?$/.exec(text) ?? [];
	if (type === undefined || Number(type) > 255 || Number(code) > 255) {
		throw wrong(whole);
	}
	return (Number(type) << 8) | Number(code);
}

function wrong(text: string | undefined) {
	return usageError(`--port: found ${text === undefined ? 'nothing' : describeValue(text)}, expected ${EXPECTED}`);
}
