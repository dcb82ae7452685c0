/** Where a service's connections go; its own ports and addresses say nothing about policy here. */
export interface ServiceSpec {
	/** Labels of the pods behind it. Absent: its EndpointSlices name the backends. */
	readonly selector?: Readonly<Record<string, string>>;
}

/** discovery.k8s.io/v1; the label `kubernetes.io/service-name` says whose they are. */
export interface EndpointSliceBody {
	readonly addressType: 'IPv4' | 'IPv6' | 'FQDN';
	readonly endpoints: readonly { readonly addresses: readonly string[] }[];
}
