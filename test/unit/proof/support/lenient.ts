// SCRATCH until lib/documents reads every kind; not to be kept.
import { parseAllDocuments } from 'yaml';
const P: Record<string, number | 'any'> = { TCP: 6, UDP: 17, SCTP: 132, ANY: 'any' };
const ICMPN: Record<string, number> = { EchoReply: 0, EchoRequest: 8 };
/* eslint-disable @typescript-eslint/no-explicit-any */
export function lenient(value: any): any {
	const k8s = value.kind === 'NetworkPolicy' || value.kind === 'MultiNetworkPolicy';
	const spec = value.spec && walk(value.spec, k8s, value.kind === 'ClusterNetworkPolicy');
	const specs = value.specs?.map((s: any) => walk(s, false, false));
	if (k8s) spec.policyTypes ??= ['Ingress', ...(spec.egress?.length ? ['Egress'] : [])];
	return { ...value, ...(spec && { spec }), ...(specs && { specs }), source: { index: 0, locate: () => undefined } };
}
const KNOWN = ['namespaces', 'pods', 'nodes', 'networks', 'domainNames', 'tcp', 'udp', 'sctp', 'destinationNamedPort'];
function walk(v: any, k8s: boolean, cluster: boolean, key = ''): any {
	if (Array.isArray(v)) {
		if (!cluster && key === 'ports') {
			return v.map((p: any) => ({
				...(p.port === undefined ? {} : { port: /^\d+$/.test(String(p.port)) ? Number(p.port) : p.port }),
				...(p.endPort ? { endPort: p.endPort } : {}),
				protocol: P[p.protocol ?? (k8s ? 'TCP' : 'ANY')],
			}));
		}
		if (key === 'fields')
			return v.map((f: any) => ({ family: f.family ?? 'IPv4', type: ICMPN[f.type] ?? Number(f.type) }));
		return v.map((x) => walk(x, k8s, cluster, key));
	}
	if (v && typeof v === 'object') {
		if (cluster && ['from', 'to', 'protocols'].includes(key))
			return Object.fromEntries(Object.entries(v).filter(([k]) => KNOWN.includes(k)));
		return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, walk(x, k8s, cluster, k)]));
	}
	return v;
}
export function lenientDocuments(text: string): any[] {
	return parseAllDocuments(text).map((d) => lenient(d.toJS()));
}
