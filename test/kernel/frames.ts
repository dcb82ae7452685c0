import type { Endpoint } from '../../lib/index.js';
import { TCP, tcp, udp } from '../bpf/packet.js';

/** The first packet of a conversation that the endpoint begins, as it leaves its interface. */
export function frameTo(endpoint: Endpoint, destination: string, port: number, protocol: 'tcp' | 'udp'): Uint8Array {
	const source = endpoint.addresses.find((address) => address.includes(':') === destination.includes(':'))!;
	const ends = { source, destination, sourceMac: endpoint.mac, destinationMac: '02:00:00:00:00:01' };
	return protocol === 'tcp' ? tcp(ends, 40_000, port, TCP.syn) : udp(ends, 40_000, port);
}
