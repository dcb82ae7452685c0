/** Peers with policy: routing with conntrack and, for new connections, one lookup in a set of the given size. */
import { feed, run } from '../../support/process.js';
import { type PeerSpec, openPort } from '../peer.js';
import { type Pair, configureGateways, configureRouting, createHostedPair } from '../topology.js';

/** Addresses that take no part: 100.64.0.0/10 has room for four million. */
function fillers(count: number): string[] {
	return Array.from({ length: count }, (_, i) => `100.${64 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`);
}

function nftRules({ client, server }: Pair, entries: number): string {
	const allowed = ['tcp', 'udp'].map(
		(protocol) => `${client.address} . ${server.address} . ${protocol} . ${openPort} : accept`,
	);
	const others = fillers(entries - allowed.length).map(
		(address) => `${address} . ${server.address} . tcp . 80 : accept`,
	);
	return `table inet bench {
	map verdicts {
		type ipv4_addr . ipv4_addr . inet_proto . inet_service : verdict
		elements = { ${[...allowed, ...others].join(',\n')} }
	}
	chain forward {
		type filter hook forward priority 0; policy drop;
		ct state established,related accept
		ip saddr . ip daddr . meta l4proto . th dport vmap @verdicts
	}
}
`;
}

export function nftables(entries: number, id: string): PeerSpec {
	const title = `routing + nftables verdict map, ${entries.toLocaleString('en')} entries`;
	return {
		id,
		title,
		async create(cleanup) {
			const pair = await createHostedPair(cleanup, id);
			await configureGateways(pair.client, pair.server);
			await configureRouting(pair);
			await feed(nftRules(pair, entries), 'ip', 'netns', 'exec', pair.host, 'nft', '-f', '-');
			return { id, title, pair, enforces: true, size: `${entries} verdict map entries` };
		},
	};
}

async function fillIpset(pair: Pair & { host: string }, entries: number): Promise<void> {
	const { client, server, host } = pair;
	const lines = [
		`create allowed hash:ip,port,ip maxelem ${entries + 16}`,
		...['tcp', 'udp'].map((protocol) => `add allowed ${client.address},${protocol}:${openPort},${server.address}`),
		...fillers(entries - 2).map((address) => `add allowed ${address},tcp:80,${server.address}`),
	];
	await feed(`${lines.join('\n')}\n`, 'ip', 'netns', 'exec', host, 'ipset', 'restore');
}

export function iptables(entries: number): PeerSpec {
	const title = `routing + iptables + ipset, ${entries.toLocaleString('en')} entries`;
	return {
		id: 'ipset',
		title,
		async create(cleanup) {
			const pair = await createHostedPair(cleanup, 'ipset');
			const filter = (...args: string[]) => run('ip', 'netns', 'exec', pair.host, 'iptables', '-w', ...args);
			await configureGateways(pair.client, pair.server);
			await configureRouting(pair);
			await fillIpset(pair, entries);
			await filter('-P', 'FORWARD', 'DROP');
			await filter(...'-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT'.split(' '));
			await filter(...'-A FORWARD -m set --match-set allowed src,dst,dst -j ACCEPT'.split(' '));
			return { id: 'ipset', title, pair, enforces: true, size: `${entries} set entries` };
		},
	};
}
