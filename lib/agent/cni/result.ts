import type { Attachment } from '../../pods/attachment.js';
import { isOlder, type CniVersion } from './versions.js';

export interface CniInterface {
	readonly name: string;
	readonly mac: string;
	/** Bytes; from 1.1.0. */
	readonly mtu?: number;
	/** Path of the namespace; absent: it is on the host. */
	readonly sandbox?: string;
}

export interface CniIp {
	/** `'4'` or `'6'`; until 0.4.0. */
	readonly version?: '4' | '6';
	/** With prefix length. */
	readonly address: string;
	readonly gateway?: string;
	/** Index in `interfaces`. */
	readonly interface: number;
}

export interface CniRoute {
	readonly dst: string;
	readonly gw: string;
}

export interface CniResult {
	readonly cniVersion: CniVersion;
	readonly interfaces: readonly CniInterface[];
	readonly ips: readonly CniIp[];
	readonly routes: readonly CniRoute[];
	readonly dns: Readonly<Record<string, unknown>>;
}

/** What ADD answers: of every attachment the host's and the pod's interface, in the version's form. */
export function resultOf(
	attachments: readonly Attachment[],
	cniVersion: CniVersion,
	dns: Readonly<Record<string, unknown>> = {},
): CniResult {
	return {
		cniVersion,
		interfaces: attachments.flatMap((one) => interfacesOf(one, cniVersion)),
		ips: attachments.flatMap((one, i) => ipsOf(one, 2 * i + 1, cniVersion)),
		routes: attachments.flatMap(({ routes }) =>
			routes.map(({ destination, gateway }) => ({ dst: destination, gw: gateway })),
		),
		dns,
	};
}

function interfacesOf(
	{ hostInterface, hostMac, interface: name, mac, netns, mtu }: Attachment,
	version: CniVersion,
): CniInterface[] {
	const told = isOlder(version, '1.1.0') ? {} : { mtu };
	return [
		{ name: hostInterface, mac: hostMac, ...told },
		{ name, mac, ...told, sandbox: netns },
	];
}

function ipsOf({ ipv4, ipv6, routes }: Attachment, at: number, version: CniVersion): CniIp[] {
	const told = (family: '4' | '6', address: string, length: number): CniIp => {
		const gateway = routes.find((route) => route.gateway.includes(':') === (family === '6'))?.gateway;
		return {
			...(isOlder(version, '1.0.0') ? { version: family } : {}),
			address: `${address}/${length}`,
			...(gateway === undefined ? {} : { gateway }),
			interface: at,
		};
	};
	return [...(ipv4 === undefined ? [] : [told('4', ipv4, 32)]), ...(ipv6 === undefined ? [] : [told('6', ipv6, 128)])];
}
