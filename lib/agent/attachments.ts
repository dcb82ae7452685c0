import type { Attachment } from '../pods/attachment.js';
import type { AttachmentRow, PodRow } from '../pods/pod-row.js';
import type { AgentParts } from './agent-parts.js';

/** Those that work: a row of which the endpoint is gone has nothing to tell but to `checkPod`. */
export function attachmentsOf(parts: AgentParts, id: string): readonly Attachment[] {
	const row = parts.table.get(id);
	return (row?.attachments ?? []).flatMap((one) => describe(parts, row!, one));
}

function describe({ table, interfaces, netlink }: AgentParts, row: PodRow, attachment: AttachmentRow): Attachment[] {
	const endpoint = table.endpoint(attachment.hostInterface);
	if (endpoint === undefined || endpoint.detached) {
		return [];
	}
	const { network, primary, hostInterface, mac, hostMac, mtu, ipv4, ipv6, routes } = attachment;
	const link = interfaces.bigTcp > 0 && !netlink.closed ? netlink.link(hostInterface) : undefined;
	return [
		Object.freeze({
			id: row.id,
			pod: { namespace: row.pod.namespace, name: row.pod.name },
			network,
			primary,
			netns: row.netns,
			interface: attachment.interface,
			hostInterface,
			mac,
			hostMac,
			mtu,
			...(ipv4 === undefined ? {} : { ipv4 }),
			...(ipv6 === undefined ? {} : { ipv6 }),
			routes,
			...(link === undefined ? {} : { bigTcp: bigTcpOf(link, interfaces.bigTcp) }),
			endpoint: endpoint.id,
			identity: endpoint.identity,
		}),
	];
}

function bigTcpOf(
	{ gsoMaxSize, gsoIpv4MaxSize, tsoMaxSize }: NonNullable<ReturnType<AgentParts['netlink']['link']>>,
	wanted: number,
): NonNullable<Attachment['bigTcp']> {
	const sizes = { ipv4: gsoIpv4MaxSize === 0 ? 65_536 : gsoIpv4MaxSize, ipv6: gsoMaxSize };
	if (tsoMaxSize === 0) {
		return { ...sizes, reason: 'this kernel has no BIG TCP: it came with Linux 5.19' };
	}
	if (tsoMaxSize < wanted) {
		return { ...sizes, reason: `the driver takes ${tsoMaxSize} bytes at most` };
	}
	return gsoIpv4MaxSize === 0
		? { ...sizes, reason: 'this kernel has it for IPv6 alone: IPv4 came with Linux 6.3' }
		: sizes;
}
