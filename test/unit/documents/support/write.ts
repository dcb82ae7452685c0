type Plain = Readonly<Record<string, unknown>>;

function document(apiVersion: string, kind: string, body: Plain, metadata: Plain = {}): Plain {
	return { apiVersion, kind, metadata: { name: 'a', ...metadata }, ...body };
}

/** A CiliumNetworkPolicy with this spec beside an empty `endpointSelector`. */
export function cnp(spec: Plain, metadata?: Plain): Plain {
	return document('cilium.io/v2', 'CiliumNetworkPolicy', { spec: { endpointSelector: {}, ...spec } }, metadata);
}

export function ccnp(spec: Plain, metadata?: Plain): Plain {
	return document('cilium.io/v2', 'CiliumClusterwideNetworkPolicy', { spec }, metadata);
}

export function np(spec: Plain, metadata?: Plain): Plain {
	return document('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {}, ...spec } }, metadata);
}

export function mnp(networks: string | undefined, spec: Plain = {}): Plain {
	const annotations = networks === undefined ? {} : { 'k8s.v1.cni.cncf.io/policy-for': networks };
	return document('k8s.cni.cncf.io/v1beta1', 'MultiNetworkPolicy', { spec }, { annotations });
}

/** A ClusterNetworkPolicy of the Admin tier for everyone, with this spec. */
export function cluster(spec: Plain): Plain {
	const full = { tier: 'Admin', priority: 1, subject: { namespaces: {} }, ...spec };
	return document('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', { spec: full });
}

export function pod(spec: Plain, metadata?: Plain): Plain {
	return document('v1', 'Pod', { spec }, metadata);
}

/** One ingress rule with these ports. */
export function ports(...found: readonly unknown[]): Plain {
	return cnp({ ingress: [{ toPorts: [{ ports: found }] }] });
}
