import { labelSetOf } from '../../datapath/labels.js';
import type { Endpoint } from '../../datapath/endpoint.js';
import type { PolicyDocument } from '../../documents/document.js';
import { documentName } from '../../documents/document.js';
import { AgentEventType, type AgentEventMessage, type EndpointUpdate } from './event.js';

/** What an agent's events tell of. */
export interface WatchedState {
	readonly endpoints: ReadonlyMap<number, Pick<Endpoint, 'id' | 'identity' | 'addresses' | 'pod'>>;
	readonly policies: Iterable<PolicyDocument>;
}

interface SeenEndpoint {
	readonly update: EndpointUpdate;
	readonly identity: number;
	readonly addresses: ReadonlySet<string>;
}

/** What changed since it was asked last; at first everything that is there came. */
export function createChangeFinder({ endpoints, policies }: WatchedState): () => AgentEventMessage[] {
	let seenEndpoints = new Map<number, SeenEndpoint>();
	let seenPolicies = new Map<string, PolicyDocument>();
	let revision = 0;

	function endpointChanges(): AgentEventMessage[] {
		const before = seenEndpoints;
		seenEndpoints = new Map([...endpoints.values()].map((one) => [Number(one.id), seen(one, before)]));
		const came = [...seenEndpoints].flatMap(([id, now]) => changesOf(before.get(id), now));
		const gone = [...before].flatMap(([id, former]) => (seenEndpoints.has(id) ? [] : endOf(former)));
		return [...gone, ...came];
	}

	function policyChanges(): AgentEventMessage[] {
		const before = seenPolicies;
		seenPolicies = new Map(Array.from(policies, (document) => [documentName(document), document]));
		const updated = [...seenPolicies].filter(([name, document]) => before.get(name) !== document);
		const deleted = [...before].filter(([name]) => !seenPolicies.has(name));
		return [
			...updated.map(([name]) => policyEvent(AgentEventType.PolicyUpdated, name, ++revision)),
			...deleted.map(([name]) => policyEvent(AgentEventType.PolicyDeleted, name, ++revision)),
		];
	}

	return () => [...policyChanges(), ...endpointChanges()];
}

function policyEvent(type: AgentEventType, name: string, revision: number): AgentEventMessage {
	return { type, policy_update: { labels: [`heddle:policy=${name}`], revision, rule_count: 1 } };
}

function seen(
	{ id, identity, addresses, pod }: Pick<Endpoint, 'id' | 'identity' | 'addresses' | 'pod'>,
	before: ReadonlyMap<number, SeenEndpoint>,
): SeenEndpoint {
	const former = before.get(Number(id));
	if (former?.identity === Number(identity.id) && hasAll(former.addresses, addresses)) {
		return former;
	}
	const labels = labelSetOf(identity.labels).toStrings();
	const where = pod === undefined ? {} : { pod_name: pod.name, namespace: pod.namespace };
	return { update: { id: Number(id), labels, ...where }, identity: Number(identity.id), addresses: new Set(addresses) };
}

function hasAll(known: ReadonlySet<string>, addresses: readonly string[]): boolean {
	return known.size === addresses.length && addresses.every((one) => known.has(one));
}

function changesOf(former: SeenEndpoint | undefined, now: SeenEndpoint): AgentEventMessage[] {
	if (former === now) {
		return [];
	}
	const { id, labels } = now.update;
	const endpoint: AgentEventMessage[] =
		former === undefined
			? [{ type: AgentEventType.EndpointCreated, endpoint_update: now.update }]
			: former.identity === now.identity
				? []
				: [{ type: AgentEventType.EndpointRegenerated, endpoint_regenerate: { id, labels } }];
	const fresh = [...now.addresses].filter((one) => former?.identity !== now.identity || !former.addresses.has(one));
	const gone = [...(former?.addresses ?? [])].filter((one) => !now.addresses.has(one));
	return [
		...endpoint,
		...gone.map((address) => ipcacheEvent(AgentEventType.IpcacheDeleted, address, former!)),
		...fresh.map((address) =>
			ipcacheEvent(AgentEventType.IpcacheUpserted, address, now, former?.addresses.has(address) ? former : undefined),
		),
	];
}

function endOf(former: SeenEndpoint): AgentEventMessage[] {
	const addresses = [...former.addresses].map((one) => ipcacheEvent(AgentEventType.IpcacheDeleted, one, former));
	return [...addresses, { type: AgentEventType.EndpointDeleted, endpoint_update: former.update }];
}

function ipcacheEvent(
	type: AgentEventType,
	address: string,
	{ identity, update }: SeenEndpoint,
	former?: SeenEndpoint,
): AgentEventMessage {
	const { pod_name, namespace } = update;
	return {
		type,
		ipcache_update: {
			cidr: `${address}/${address.includes(':') ? 128 : 32}`,
			identity,
			...(former === undefined ? {} : { old_identity: { value: former.identity } }),
			...(pod_name === undefined ? {} : { pod_name }),
			...(namespace === undefined ? {} : { namespace }),
		},
	};
}
