import type { Attachment } from '../../pods/attachment.js';
import type { CniHost } from '../cni/commands.js';
import { CNI_VERSIONS } from '../cni/versions.js';
import { HeddleError } from '../../errors.js';
import type { AgentRecords } from '../records/records.js';
import { addressesOf, endpointsOf, identitiesOf, networksOf } from './describe.js';
import { topOf } from './top.js';
import { readId, readKeep, readPodRequest } from './requests.js';

export interface ServerHost extends CniHost {
	readonly version: string;
	/** What `status` tells of the manifests; undefined: there are none. */
	manifests(): object | undefined;
	/** Absent: nothing is written down. */
	readonly records?: AgentRecords;
}

export interface Verb {
	readonly method: 'GET' | 'POST';
	/** @returns what is told as JSON */
	run(host: ServerHost, body: string): Promise<unknown> | unknown;
}

/** The management API. Plain data in and out: what it answers may be shown, kept and compared. */
export const VERBS: Readonly<Record<string, Verb>> = {
	'/v1/status': { method: 'GET', run: status },
	'/v1/node': { method: 'GET', run: ({ agent: { ipam } }) => ({ ...ipam.nodePools(), ...ipam.blocks }) },
	'/v1/pods': { method: 'GET', run: ({ agent }) => Array.from(agent.pods, (id) => podOf(id, agent.attachments(id))) },
	'/v1/attach': {
		method: 'POST',
		run: async ({ agent }, body) => (await agent.attachPod(readPodRequest(body))).map(plainAttachment),
	},
	'/v1/detach': { method: 'POST', run: async ({ agent }, body) => ({ detached: await agent.detachPod(readId(body)) }) },
	'/v1/check': { method: 'POST', run: check },
	'/v1/collect': {
		method: 'POST',
		run: async ({ agent }, body) => ({ detached: await agent.collect(readKeep(body)) }),
	},
	'/v1/apply': { method: 'POST', run: apply },
	'/v1/endpoints': { method: 'GET', run: ({ agent }) => endpointsOf(agent) },
	'/v1/identities': { method: 'GET', run: ({ agent }) => identitiesOf(agent) },
	'/v1/networks': { method: 'GET', run: ({ agent }) => networksOf(agent) },
	'/v1/ips': { method: 'GET', run: ({ agent }) => addressesOf(agent) },
	'/v1/top': { method: 'GET', run: ({ agent }) => topOf(agent) },
};

function status({ agent, version, manifests, unavailable, records }: ServerHost) {
	const reason = unavailable();
	return {
		version,
		ready: reason === undefined,
		...(reason === undefined ? {} : { reason }),
		cniVersions: CNI_VERSIONS,
		pods: [...agent.pods].length,
		endpoints: agent.datapath.endpoints.size,
		networks: Array.from(agent.datapath.networks, ({ name }) => name),
		attachMode: agent.datapath.attachMode,
		...(agent.datapath.pinPath === undefined ? {} : { pinPath: agent.datapath.pinPath }),
		manifests: manifests(),
		...records?.status(),
	};
}

function check({ agent }: ServerHost, body: string) {
	const id = readId(body);
	agent.checkPod(id);
	return podOf(id, agent.attachments(id));
}

/** YAML or JSON, as it is in a file. */
async function apply({ agent }: ServerHost, body: string) {
	if (body.trim() === '') {
		throw new HeddleError('ERR_DECODE', 'body: found nothing, expected documents', { field: 'body' });
	}
	return agent.apply(body);
}

function podOf(id: string, attachments: readonly Attachment[]) {
	return { id, pod: attachments[0]?.pod, attachments: attachments.map(plainAttachment) };
}

function plainAttachment({ identity, ...more }: Attachment) {
	return { ...more, identity: { id: identity.id, labels: identity.labels } };
}
