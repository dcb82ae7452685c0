import { HeddleError, describeValue } from '../errors.js';
import type { Netlink } from '../native/addon.js';
import { missingHostRoutes } from './host-routes.js';
import { addressesOf } from './interface.js';
import { attachmentKey } from './names.js';
import { inspectNamespace } from './plan.js';
import type { PodParts } from './pod-parts.js';
import type { AttachmentRow, PodRow } from './pod-row.js';
import { familyOf } from './routes.js';

/** @throws ERR_CHECK_FAILED naming what is missing or different, ERR_NETNS */
export function checkRow(parts: PodParts, row: PodRow): void {
	inspectNamespace(row.netns, (inside, inode) => {
		expect(row.id, 'netns', inode, row.netnsInode, `${row.netns} is another namespace now`);
		for (const attachment of row.attachments) {
			checkHost(parts, row, attachment);
			checkInside(inside, row, attachment);
		}
	});
}

function checkHost({ netlink, table }: PodParts, row: PodRow, attachment: AttachmentRow): void {
	const { network, hostInterface, hostMac } = attachment;
	const key = attachmentKey(row.id, network);
	const link = netlink.link(hostInterface);
	expect(key, `${hostInterface}.mac`, link?.mac, hostMac);
	expect(key, `${hostInterface}.up`, link?.up, true);
	const endpoint = table.endpoint(hostInterface);
	const missing = missingHostRoutes(netlink, link!.ifindex, attachment);
	expect(key, 'hostRoutes', missing.length === 0 ? 'all' : `no ${missing.join()}`, 'all');
	expect(key, 'endpoint', endpoint === undefined || endpoint.detached ? 'none' : 'attached', 'attached');
}

function checkInside(inside: Netlink, row: PodRow, attachment: AttachmentRow): void {
	const { network, interface: name, mac, mtu } = attachment;
	const key = attachmentKey(row.id, network);
	const link = inside.link(name);
	expect(key, `${name}.mac`, link?.mac, mac);
	expect(key, `${name}.up`, link?.up, true);
	expect(key, `${name}.mtu`, link?.mtu, mtu);
	const present = inside.addresses(link!.ifindex).map(({ address, prefixLength }) => `${address}/${prefixLength}`);
	for (const address of addressesOf(attachment)) {
		const wanted = `${address}/${familyOf(address) === 4 ? 32 : 128}`;
		expect(key, `${name}.addresses`, present.find((one) => one === wanted) ?? present.join(), wanted);
	}
	const routes = [4, 6].flatMap((family) => inside.routes(family as 4 | 6));
	for (const { destination, gateway } of attachment.routes) {
		const isThere = routes.some(
			(route) => route.ifindex === link!.ifindex && route.gateway === gateway && isSame(route.destination, destination),
		);
		expect(key, `${name}.routes`, isThere ? destination : 'none', destination);
	}
}

/** The kernel's `default` and its network addresses. */
function isSame(found: string, wanted: string): boolean {
	return found === wanted || (found === 'default' && wanted.endsWith('/0'));
}

function expect(key: string, field: string, found: unknown, expected: unknown, reason?: string): void {
	if (found !== expected) {
		const message = `${key}: ${field}: found ${describeValue(found ?? 'none')}, expected ${describeValue(expected)}`;
		throw new HeddleError('ERR_CHECK_FAILED', reason === undefined ? message : `${message}: ${reason}`, {
			field,
			found,
			expected,
		});
	}
}
