import { attachmentKey } from './names.js';
import type { PodRow } from './pod-row.js';

/** Of the owners of a pod's sticky addresses; ids have no space. */
export function stickyPrefix(namespace: string, name: string): string {
	return `sticky ${namespace}/${name}/`;
}

/** Who owns the addresses: of a pod that keeps them, its name, for its next sandbox has another id. */
export function ownerOf({ id, pod, sticky }: Pick<PodRow, 'id' | 'pod' | 'sticky'>, network: string): string {
	return sticky ? `${stickyPrefix(pod.namespace, pod.name)}${network}` : attachmentKey(id, network);
}

/** The network on which an owner has its addresses: names of networks have no slash. */
export function networkOfOwner(owner: string): string {
	return owner.slice(owner.lastIndexOf('/') + 1);
}
