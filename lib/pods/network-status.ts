import type { Attachment } from './attachment.js';

/** Where pods tell what networks they are on, of the standard that `network-selection.ts` names, 4.2. */
export const STATUS_ANNOTATION = 'k8s.v1.cni.cncf.io/network-status';

type Told = Pick<Attachment, 'network' | 'interface' | 'mac' | 'mtu' | 'primary' | 'routes' | 'ipv4' | 'ipv6'>;

/** The value of the annotation `k8s.v1.cni.cncf.io/network-status`. */
export function networkStatus(attachments: readonly Told[]): string {
	return JSON.stringify(attachments.map(statusOf));
}

function statusOf({ network, interface: name, mac, mtu, primary, routes, ipv4, ipv6 }: Told): object {
	const gateways = routes.filter(({ destination }) => destination.endsWith('/0')).map(({ gateway }) => gateway);
	return {
		name: network,
		interface: name,
		ips: [ipv4, ipv6].filter((address) => address !== undefined),
		mac,
		mtu,
		default: primary,
		dns: {},
		...(gateways.length === 0 ? {} : { gateway: gateways }),
	};
}
