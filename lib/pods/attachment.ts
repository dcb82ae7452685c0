import type { EndpointId, Identity } from '../datapath/types.js';

export interface AttachmentRoute {
	/** `192.168.0.0/16`; of a default route `0.0.0.0/0` or `::/0`. */
	readonly destination: string;
	/** Of nobody: the datapath answers for it. */
	readonly gateway: string;
}

/** One interface of a pod on one network, as it works now. */
export interface Attachment {
	/** Of the pod, see {@link PodRequest}. */
	readonly id: string;
	readonly pod: { readonly namespace: string; readonly name: string };
	readonly network: string;
	/** The pod's first network: `eth0`, and the default routes. */
	readonly primary: boolean;
	/** Path of the pod's network namespace. */
	readonly netns: string;
	/** In the pod. */
	readonly interface: string;
	/** On the host. */
	readonly hostInterface: string;
	readonly mac: string;
	readonly hostMac: string;
	/** Bytes, without the Ethernet header. */
	readonly mtu: number;
	readonly ipv4?: string;
	readonly ipv6?: string;
	readonly routes: readonly AttachmentRoute[];
	/** Bytes of the biggest packet sent in one piece, where BIG TCP was asked for; `reason`: why it is not bigger. */
	readonly bigTcp?: { readonly ipv4: number; readonly ipv6: number; readonly reason?: string };
	readonly endpoint: EndpointId;
	readonly identity: Identity;
}
