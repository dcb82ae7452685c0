import type { CniCall } from './call.js';

/**
 * CNI's key of an attachment, as the agent's id of a pod. Ids of others have no such beginning: collecting the one
 * network's attachments leaves them, and those of other networks.
 */
export function attachmentId(
	network: string,
	{ containerId, ifname }: Pick<CniCall, 'containerId' | 'ifname'>,
): string {
	return `${networkPrefix(network)}${containerId}/${ifname}`;
}

export function networkPrefix(network: string): string {
	return `cni/${network}/`;
}

/** The container of an attachment that a plugin made, of whatever network. */
export function containerOf(id: string): string | undefined {
	const [cni, , container, interfaceName] = id.split('/');
	return cni === 'cni' && interfaceName !== undefined ? container : undefined;
}
