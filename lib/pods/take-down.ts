import type { Endpoint } from '../datapath/endpoint.js';
import type { PodParts } from './pod-parts.js';
import type { AttachmentRow } from './pod-row.js';

/**
 * Interfaces first: from then on nothing passes, and nothing is without policy before. What is gone already is no error.
 */
export async function takeDown(
	{ netlink, datapath, table, expedited }: Pick<PodParts, 'netlink' | 'datapath' | 'table' | 'expedited'>,
	attachments: readonly AttachmentRow[],
): Promise<void> {
	const links = attachments.flatMap(({ hostInterface }) => netlink.link(hostInterface)?.ifindex ?? []);
	if (links.length > 0) {
		await netlink.deleteLinks(links, { expedited: expedited && links.length > 1 });
	}
	const names = attachments.map(({ hostInterface }) => hostInterface);
	const endpoints = names.map((name) => table.endpoint(name)).filter((one): one is Endpoint => one !== undefined);
	await datapath.detachMany(endpoints);
	names.forEach((name) => table.unbind(name));
}
