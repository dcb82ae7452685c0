import {
	type HeddleDocument,
	type LabelSet,
	createIpam,
	namespaceOf,
	networksOf,
	podIdentityLabels,
} from '../../lib/index.js';

/** One interface that a pod is to have. */
export interface PodInterface {
	/** In the pod: eth0, cil1, cil2, … */
	readonly name: string;
	readonly endpoint: string;
	readonly network: string;
	readonly primary: boolean;
	readonly ipv4: string;
	readonly ipv6: string;
	readonly routes: readonly { readonly destination: string; readonly gateway: string }[];
	readonly labels: LabelSet;
}

export interface PodPlan {
	readonly name: string;
	readonly namespace: string;
	readonly interfaces: readonly PodInterface[];
}

export interface NetworkPlan {
	readonly name: string;
	readonly pool: string;
	readonly routes: readonly { readonly destination: string; readonly gateway: string }[];
}

type Kind<Name extends HeddleDocument['kind']> = Extract<HeddleDocument, { kind: Name }>;

export function ofKind<Name extends HeddleDocument['kind']>(
	documents: readonly HeddleDocument[],
	kind: Name,
): Kind<Name>[] {
	return documents.filter((document): document is Kind<Name> => document.kind === kind);
}

/** `default` is there without a document, on the pool of that name. */
export function planNetworks(documents: readonly HeddleDocument[]): Map<string, NetworkPlan> {
	const networks = new Map<string, NetworkPlan>([['default', { name: 'default', pool: 'default', routes: [] }]]);
	for (const { metadata, spec } of ofKind(documents, 'IsovalentPodNetwork'))
		networks.set(metadata.name, { name: metadata.name, pool: spec.ipam.pool.name, routes: spec.routes ?? [] });
	return networks;
}

/** Documents → which interfaces, addresses, routes and labels. Touches nothing. */
export function planPods(documents: readonly HeddleDocument[], networks: ReadonlyMap<string, NetworkPlan>): PodPlan[] {
	const ipam = createIpam(
		Object.fromEntries(ofKind(documents, 'CiliumPodIPPool').map(({ metadata, spec }) => [metadata.name, spec])),
	);
	return ofKind(documents, 'Pod').map((pod) => ({
		name: pod.metadata.name,
		namespace: namespaceOf(pod),
		interfaces: networksOf(pod).map((name, i): PodInterface => {
			const network = networks.get(name);
			if (network === undefined)
				throw new Error(
					`Pod ${pod.metadata.name}: found network '${name}', expected one of ${[...networks.keys()].join(', ')}`,
				);
			const endpoint = i === 0 ? pod.metadata.name : `${pod.metadata.name}-cil${i}`;
			const addresses = ipam.plan([{ pool: network.pool, owner: endpoint }]);
			addresses.commit();
			const { ipv4 = '', ipv6 = '' } = addresses.allocations[0] ?? {};
			return {
				name: i === 0 ? 'eth0' : `cil${i}`,
				endpoint,
				network: name,
				primary: i === 0,
				ipv4,
				ipv6,
				routes: network.routes,
				labels: podIdentityLabels({ namespace: namespaceOf(pod), labels: pod.metadata.labels ?? {}, network: name }),
			};
		}),
	}));
}
