import { beforeEach, describe, expect, it } from 'vitest';
import { formatMac } from '../../lib/addresses/address.js';
import * as abi from '../../lib/abi/generated.js';
import { pairs } from './counts.js';
import { FAMILIES, between } from './ends.js';
import { PROTOCOL, TCP, macBytes, sctp, tcp, udp } from './packet.js';
import { enforce, revoke } from './rows.js';
import { ACTION, endpointValue, padded, useSubject } from './subject.js';
import type { TestEndpoint } from './subject.js';

const { Redirect, Allow } = abi.PolicyAction;
const { DropReason, EventFlag, Verdict } = abi;
const PROXY_MAC = '02:00:00:00:99:99';
const PROXY_PORT = 15001;

describe.each(FAMILIES)('the way by the proxy, over IPv%i', (family) => {
	const subject = useSubject();
	const client = () => subject.a;
	const server = () => subject.b;
	/** x's interface leads to network 1's proxy here. */
	const proxy = () => subject.x;
	const question = (flags: number, port = 1000) => tcp(between(client(), server(), family), port, 80, flags);
	const answer = (flags: number, port = 1000) => tcp(between(server(), client(), family), 80, port, flags);
	const bySender = (from: TestEndpoint, frame: Uint8Array) => subject.run('from_endpoint', from, frame);
	const byProxy = (frame: Uint8Array) => subject.run('from_proxy', proxy(), frame);
	const receiver = ({ frame }: { frame: Uint8Array }) => formatMac(frame.subarray(0, 6));
	/** As our own proxy labels it. */
	function toServer(flags: number): Uint8Array {
		const frame = question(flags);
		frame.set([abi.ProxyLabel.Fixed, abi.ProxyLabel.Server, 0, 0, 0, 0]);
		return frame;
	}

	function connectProxy(networks: number): void {
		const { maps } = abi;
		subject.put('networks', maps.networks.key, 1, abi.networkCodec, {
			gatewayIpv4: 0,
			gatewayIpv6: new Uint8Array(16),
			hostRouting: 0,
			uplinks: 0,
			proxyIfindex: networks > 0 ? proxy().ifindex : 0,
			proxyMac: macBytes(PROXY_MAC),
			proxyPort: PROXY_PORT,
		});
		subject.put('proxies', maps.proxies.key, proxy().ifindex, abi.proxyCodec, { network: 1 });
		const { control } = subject.lookup('.data.control', maps['.data.control'].key, 0, abi.dataControlCodec)!;
		subject.put('.data.control', maps['.data.control'].key, 0, abi.dataControlCodec, {
			control: { ...control, proxiedNetworks: networks },
		});
	}

	beforeEach(() => {
		connectProxy(1);
		enforce(subject, server(), 0, client().identity, [
			{ protocol: PROTOCOL.tcp, port: 80, action: Redirect, cookie: 70 },
			{ protocol: PROTOCOL.tcp, port: 81, action: Allow },
			{ protocol: PROTOCOL.sctp, port: 80, action: Redirect },
		]);
		return () => connectProxy(0);
	});

	it('leads to the namespace of the proxy, with network and port in the place of the sender’s MAC address', () => {
		const { action, frame, events } = bySender(client(), question(TCP.syn));
		expect(action).toBe(ACTION.redirect);
		expect([...frame.subarray(0, 6)]).toEqual([...macBytes(PROXY_MAC)]);
		expect([...frame.subarray(6, 12)]).toEqual([0x02, 0x68, 0, 1, PROXY_PORT >> 8, PROXY_PORT & 0xff]);
		expect(events).toMatchObject([{ flags: EventFlag.ToProxy, ingressVerdict: Verdict.Redirected, ingressCookie: 70 }]);
	});

	it('is two legs, and each packet goes where its leg goes', () => {
		const way = [
			bySender(client(), question(TCP.syn)),
			byProxy(answer(TCP.syn | TCP.ack)),
			bySender(client(), question(TCP.ack)),
			byProxy(question(TCP.syn)),
			bySender(server(), answer(TCP.syn | TCP.ack)),
			byProxy(question(TCP.ack)),
			bySender(server(), answer(TCP.ack)),
			byProxy(answer(TCP.ack)),
		];
		expect(way.map(({ action }) => action)).toEqual(Array(8).fill(ACTION.redirect));
		const [toProxy, toClient, toServer] = [PROXY_MAC, client().mac, server().mac];
		expect(way.map(({ frame }) => frame.subarray(0, 6).join())).toEqual(
			[toProxy, toClient, toProxy, toServer, toProxy, toServer, toProxy, toClient].map((mac) => macBytes(mac).join()),
		);
		expect(subject.flows()).toHaveLength(2);
		expect(way[3]!.events).toMatchObject([{ flags: EventFlag.FromProxy, destinationEndpoint: server().id }]);
		expect(subject.totalDrops()).toBe(0);
	});

	it('is told on both legs where each packet comes from and goes, and counts once', () => {
		subject.control('tracing', 1);
		for (const end of [client(), server()]) {
			const value = endpointValue(end, { aggregation: abi.Aggregation.None });
			subject.put('endpoints', abi.maps.endpoints.key, end.id, abi.endpointCodec, value);
		}
		const told = [
			bySender(client(), question(TCP.syn)),
			byProxy(answer(TCP.syn | TCP.ack)),
			byProxy(question(TCP.syn)),
			bySender(server(), answer(TCP.syn | TCP.ack)),
		].flatMap(({ events }) => events.map(({ type, points, flags }) => [type, points, flags]));
		const { Verdict: Begins, Trace } = abi.EventType;
		const { ToProxy, FromProxy, Reply } = EventFlag;
		const both = abi.TracePoint.From | abi.TracePoint.To;
		expect(told).toEqual([
			[Begins, both, ToProxy],
			[Trace, both, FromProxy | Reply],
			[Begins, both, FromProxy],
			[Trace, both, ToProxy | Reply],
		]);
		subject.setTimeouts(0xffff_ffff); // minus one tick: everything is idle
		expect(subject.sweep()).toMatchObject({ ended: 2n });
		expect(pairs(subject.object)).toMatchObject([
			{ verdict: abi.PairVerdict.Redirected, direction: 0, began: 1n, ended: 1n, packets: [1n, 1n] },
		]);
	});

	it('is the way of what is redirected only: nothing else finds it', () => {
		expect(
			bySender(client(), tcp(between(client(), server(), family), 1000, 81, TCP.syn))
				.frame.subarray(0, 6)
				.join(),
		).toBe(macBytes(server().mac).join());
		expect(bySender(client(), sctp(between(client(), server(), family), 1000, 80)).action).toBe(ACTION.drop);
		expect(subject.drops(server(), DropReason.ProxyRedirectUnsupported, 0)).toBe(1);
	});

	it('does not open when the server speaks on a connection that is the proxy’s', () => {
		bySender(client(), question(TCP.syn));
		byProxy(answer(TCP.syn | TCP.ack));
		expect(bySender(server(), answer(TCP.syn | TCP.ack)).action).toBe(ACTION.drop);
		expect(receiver(bySender(server(), answer(TCP.ack)))).toBe(PROXY_MAC);
	});

	it.each([
		['lets others speak to it', false],
		['lets nobody speak to it', true],
	])('is found again by every end when the table has lost flows, where the client %s', (_, closed) => {
		if (closed) enforce(subject, client(), 0, server().identity, []);
		const talk = [
			() => receiver(bySender(client(), question(TCP.ack))),
			() => receiver(byProxy(answer(TCP.ack))),
			() => receiver(byProxy(toServer(TCP.ack))),
			() => receiver(bySender(server(), answer(TCP.ack))),
		];
		const ways = [PROXY_MAC, client().mac, server().mac, PROXY_MAC];
		const open = [question(TCP.syn), answer(TCP.syn | TCP.ack)];
		for (const lost of [abi.FlowLeg.Client, abi.FlowLeg.Server, undefined]) {
			for (let first = 0; first < talk.length; first++) {
				subject.loseFlows();
				bySender(client(), open[0]!);
				byProxy(open[1]!);
				byProxy(toServer(TCP.syn));
				bySender(server(), open[1]!);
				subject.loseFlows(lost);
				const order = [...talk.keys()].map((i) => (i + first) % talk.length);
				const label = `lost leg ${lost ?? 'and leg'}, ${first} speaks first`;
				for (const i of [...order, ...order]) {
					expect(talk[i]!(), `${label}, ${i}`).toBe(ways[i]);
				}
				expect(subject.flows(), label).toHaveLength(2);
			}
		}
		expect(subject.totalDrops()).toBe(0);
	});

	it('ends with the rule at once, on both legs; the proxy can still reset both', () => {
		bySender(client(), question(TCP.syn));
		byProxy(answer(TCP.syn | TCP.ack));
		byProxy(question(TCP.syn));
		bySender(server(), answer(TCP.syn | TCP.ack));
		revoke(subject, server(), 0, client().identity);
		const data = [bySender(client(), question(TCP.ack)), byProxy(answer(TCP.ack)), byProxy(question(TCP.ack))];
		expect(data.map(({ action }) => action)).toEqual(Array(3).fill(ACTION.drop));
		const resets = [byProxy(answer(TCP.rst)), byProxy(question(TCP.rst))];
		expect(resets.map(({ action }) => action)).toEqual(Array(2).fill(ACTION.redirect));
	});

	it('keeps a connection that needs it no more, for the proxy to end it', () => {
		bySender(client(), question(TCP.syn));
		enforce(subject, server(), 0, client().identity, [{ protocol: PROTOCOL.tcp, port: 80, action: Allow }]);
		expect(bySender(client(), question(TCP.ack)).frame.subarray(0, 6).join()).toBe(macBytes(PROXY_MAC).join());
		expect(bySender(client(), question(TCP.syn, 1001)).frame.subarray(0, 6).join()).toBe(macBytes(server().mac).join());
	});

	it('takes from the proxy nothing but TCP and UDP, in the name of ends that are there', () => {
		const stranger = { ...client(), ipv4: '10.0.0.77', ipv6: 'fd00::77' };
		const nobody = { ...server(), ipv4: '10.0.0.78', ipv6: 'fd00::78' };
		expect(byProxy(sctp(between(client(), server(), family), 1000, 80)).action).toBe(ACTION.drop);
		expect(byProxy(tcp(between(stranger, nobody, family), 1000, 80, TCP.syn)).events).toMatchObject([
			{ reason: DropReason.UnknownSender },
		]);
		expect(subject.run('from_proxy', subject.y, question(TCP.syn)).events).toMatchObject([
			{ reason: DropReason.UnknownSender },
		]);
	});

	it('is asked about by ask_policy, which answers as the first packet would be', () => {
		const ask = (port: number) => {
			const bytes = abi.policyQuestionCodec.encode({
				...abi.policyQuestionCodec.decode(new Uint8Array(abi.policyQuestionCodec.size)),
				sourceAddress: padded(family === 4 ? client().ipv4 : client().ipv6),
				destinationAddress: padded(family === 4 ? server().ipv4 : server().ipv6),
				sourcePort: 1000,
				destinationPort: port,
				network: 1,
				family,
				protocol: PROTOCOL.tcp,
			});
			bytes.set([0x88, 0xb5], 12);
			const { action, frame } = subject.run('ask_policy', proxy(), bytes);
			expect(action).toBe(0);
			return abi.policyQuestionCodec.decode(frame);
		};
		const ends = { sourceEndpoint: client().id, destinationEndpoint: server().id, sourceIdentity: client().identity };
		expect(ask(80)).toMatchObject({ ...ends, reason: 0, ingressVerdict: Verdict.Redirected, ingressCookie: 70 });
		expect(ask(81)).toMatchObject({ ...ends, reason: 0, ingressVerdict: Verdict.Allowed });
		expect(ask(82)).toMatchObject({ ...ends, reason: DropReason.PolicyDenied, ingressVerdict: Verdict.Denied });
		expect(subject.totalDrops()).toBe(0);
	});

	it('is not taken by UDP to a port without a rule', () => {
		expect(bySender(client(), udp(between(client(), server(), family), 1000, 80)).action).toBe(ACTION.drop);
	});
});
