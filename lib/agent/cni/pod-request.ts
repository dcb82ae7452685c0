import { namespaceOf } from '../../documents/document.js';
import { networkRequestsOf, type NetworkRequest } from '../../pods/network-requests.js';
import type { PodDescription, PodRequest } from '../../pods/pod-request.js';
import type { Agent } from '../agent.js';
import type { CniCall } from './call.js';
import { readCniArgs } from './cni-args.js';
import { attachmentId, containerOf } from './ids.js';
import type { NetworkConfig } from './network-config.js';

const USUAL_INTERFACE = 'eth0';

type Networks = NonNullable<PodRequest['networks']>;

/** What a runtime asks for, as the agent takes it. What it leaves out, the pod's document tells. */
export function podRequestOf(agent: Agent, call: CniCall, config: NetworkConfig): PodRequest {
	const pod = podOf(call, config);
	const networks = networksFor(agent, call, config, pod);
	return {
		id: attachmentId(config.name, call),
		netns: call.netns,
		pod,
		...(networks === undefined ? {} : { networks }),
	};
}

/** A container that no orchestrator named goes by its id. */
function podOf({ args, containerId }: CniCall, { labels, annotations }: NetworkConfig): PodDescription {
	const { namespace = 'default', name = containerId } = readCniArgs(args);
	return {
		namespace,
		name,
		...(labels === undefined ? {} : { labels }),
		...(annotations === undefined ? {} : { annotations }),
	};
}

function networksFor(agent: Agent, call: CniCall, config: NetworkConfig, pod: PodDescription): Networks | undefined {
	const wishes = wishesOf(call, config);
	if (config.network !== undefined) {
		const only: NetworkRequest = { network: config.network, ...wishes };
		return [hasDefaultRoute(agent, call, config) ? { ...only, defaultRoute: [] } : only];
	}
	if (Object.keys(wishes).length === 1 && wishes.interface === USUAL_INTERFACE) {
		return undefined;
	}
	const annotations = pod.annotations ?? annotationsOf(agent, pod);
	const [first, ...more] = networkRequestsOf({ ...pod, ...(annotations === undefined ? {} : { annotations }) });
	return [{ ...first!, ...wishes }, ...more];
}

function wishesOf({ ifname }: CniCall, { ips, mac }: NetworkConfig) {
	return {
		interface: ifname,
		...(ips === undefined || ips.length === 0 ? {} : { ips }),
		...(mac === undefined ? {} : { mac }),
	};
}

/** Another network's plugin call made one in this container: a second would be in its way. */
function hasDefaultRoute(agent: Agent, call: CniCall, config: NetworkConfig): boolean {
	const own = attachmentId(config.name, call);
	const others = [...agent.pods].filter((id) => id !== own && containerOf(id) === call.containerId);
	return others.flatMap((id) => agent.attachments(id)).some(({ routes }) => routes.some(isDefault));
}

function isDefault({ destination }: { readonly destination: string }): boolean {
	return destination.endsWith('/0');
}

function annotationsOf(agent: Agent, { namespace, name }: PodDescription): PodDescription['annotations'] {
	for (const document of agent.documents) {
		if (document.kind === 'Pod' && document.metadata.name === name && namespaceOf(document) === namespace) {
			return document.metadata.annotations;
		}
	}
	return undefined;
}
