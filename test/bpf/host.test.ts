import { describe, expect, it } from 'vitest';
import {
	Direction,
	DropReason,
	EventFlag,
	PolicyAction,
	ReservedIdentity,
	maps,
	networkCodec,
} from '../../lib/abi/generated.js';
import { FAMILIES, NO_PROXY, between } from './ends.js';
import { PROTOCOL, TCP, tcp, udp } from './packet.js';
import { enforce } from './rows.js';
import { ACTION, padded, useSubject } from './subject.js';

const HOST = { 4: '172.16.0.1', 6: 'fd77::1' } as const;
const OUTSIDE = { 4: '203.0.113.9', 6: '2001:db8::9' } as const;

/* A test run has no interface that the packet came in by, as a packet of the host's own has none. */
describe.each(FAMILIES)('the host and the world over IPv%i', (family) => {
	const subject = useSubject();
	const { Allow } = PolicyAction;
	const toHost = (destination: string = HOST[family]) => ({ ...between(subject.a, subject.b, family), destination });
	const fromHost = (source: string = HOST[family]) => ({
		...between(subject.b, subject.a, family),
		source,
		sourceMac: subject.a.hostMac,
	});
	const leave = (packet: Uint8Array) => subject.run('from_endpoint', subject.a, packet);
	const enter = (packet: Uint8Array) => subject.run('to_endpoint', subject.a, packet);

	function knowHost(): void {
		subject.put(
			'host_addresses',
			maps.host_addresses.key,
			{ family, address: padded(HOST[family]) },
			maps.host_addresses.value,
			{
				identity: ReservedIdentity.Host,
			},
		);
	}

	function setCidr(identity: number): void {
		const length = family === 4 ? 24 : 32;
		const address = padded(family === 4 ? '203.0.113.0' : '2001:db8::');
		const key = { prefixlen: 32 + length, network: 1, family, address };
		subject.put('cidrs', maps.cidrs.key, key, maps.cidrs.value, { identity, byPolicy: 0 });
	}

	function routeByHost(hostRouting: number): void {
		const value = { gatewayIpv4: 0, gatewayIpv6: new Uint8Array(16), hostRouting, uplinks: 0, ...NO_PROXY };
		subject.put('networks', maps.networks.key, 1, networkCodec, value);
		subject.bumpEpoch();
	}

	it('pass from a pod to the host’s stack, by identity 1, and back', () => {
		knowHost();
		enforce(subject, subject.a, 1, ReservedIdentity.Host, [{ protocol: PROTOCOL.udp, port: 53, action: Allow }]);
		const { action, frame, events } = leave(udp(toHost(), 1000, 53));
		expect(action).toBe(ACTION.ok);
		expect(frame[family === 4 ? 22 : 21]).toBe(64);
		expect(events).toMatchObject([{ destinationIdentity: ReservedIdentity.Host, flags: EventFlag.ToHost }]);
		expect(enter(udp(fromHost(), 53, 1000)).action).toBe(ACTION.ok);
		expect(leave(udp(toHost(), 1000, 54)).events).toMatchObject([
			{ reason: DropReason.PolicyDenied, direction: Direction.Egress },
		]);
	});

	it('pass from the host to a pod as policy says of identity 1, and back', () => {
		knowHost();
		enforce(subject, subject.a, 0, ReservedIdentity.Host, [{ protocol: PROTOCOL.tcp, port: 80, action: Allow }]);
		enforce(subject, subject.a, 1, 4711, [{ action: Allow }]);
		expect(enter(tcp(fromHost(), 1000, 80, TCP.syn)).events).toMatchObject([{ flags: EventFlag.FromHost }]);
		expect(leave(tcp(toHost(), 80, 1000, TCP.syn | TCP.ack)).action).toBe(ACTION.ok);
		expect(enter(tcp(fromHost(), 1000, 81, TCP.syn)).action).toBe(ACTION.drop);
		expect(subject.drops(subject.a, DropReason.PolicyDenied, Direction.Ingress)).toBe(1);
	});

	it('do not let the host’s stack speak for a pod', () => {
		expect(enter(udp(between(subject.b, subject.a, family), 1, 2)).events).toMatchObject([
			{ reason: DropReason.InvalidSourceIp },
		]);
	});

	it('do not let a packet for another pod into this one', () => {
		const packet = udp({ ...fromHost(), destination: between(subject.a, subject.b, family).destination }, 1, 2);
		expect(enter(packet).events).toMatchObject([{ reason: DropReason.UnknownL3Target }]);
	});

	it('know the world by the longest CIDR, else as world-ipv4 or world-ipv6', () => {
		routeByHost(1);
		const world = family === 4 ? ReservedIdentity.WorldIpv4 : ReservedIdentity.WorldIpv6;
		expect(leave(udp(toHost(OUTSIDE[family]), 1, 2)).events).toMatchObject([{ destinationIdentity: world }]);
		setCidr(0x01000001);
		subject.bumpEpoch();
		expect(leave(udp(toHost(OUTSIDE[family]), 3, 4)).events).toMatchObject([{ destinationIdentity: 0x01000001 }]);
	});

	it('are the end of the road for a network that the host does not route', () => {
		routeByHost(0);
		expect(leave(udp(toHost(OUTSIDE[family]), 1, 2)).events).toMatchObject([{ reason: DropReason.Unroutable }]);
	});

	it('are judged by policy before they are called unroutable', () => {
		routeByHost(0);
		setCidr(0x01000001);
		enforce(subject, subject.a, 1, 4711, [{ action: Allow }]);
		expect(leave(udp(toHost(OUTSIDE[family]), 1, 2)).events).toMatchObject([{ reason: DropReason.PolicyDenied }]);
	});
});
