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
	const wishes = wishesOf(agent, call, config);
	if (config.network !== undefined) {
		return [{ network: config.network, ...wishes }];
	}
	if (Object.keys(wishes).length === 1 && wishes.interface === USUAL_INTERFACE) {
		return undefined;
	}
	const annotations = pod.annotations ?? annotationsOf(agent, pod);
	const [first, ...more] = networkRequestsOf({ ...pod, ...(annotations === undefined ? {} : { annotations }) });
	return [{ ...first!, ...wishes }, ...more];
}

/** What the network configuration says counts before what is in CNI_ARGS. */
function wishesOf(agent: Agent, call: CniCall, config: NetworkConfig): Omit<NetworkRequest, 'network'> {
	const args = readCniArgs(call.args);
	const ips = config.ips ?? args.ips ?? [];
	const mac = config.mac ?? args.mac;
	return {
		interface: call.ifname,
		...(ips.length === 0 ? {} : { ips }),
		...(mac === undefined ? {} : { mac }),
		...(leavesDefaultRoute(agent, call, config) ? { defaultRoute: [] } : {}),
	};
}

/**
 * A second default route would be in the first one's way. Runtimes call for a container's networks in any order: one
 * that is asked for beside the usual interface leaves it to that one, be it there yet or not.
 */
function leavesDefaultRoute(agent: Agent, call: CniCall, config: NetworkConfig): boolean {
	const isBeside = config.network !== undefined && call.ifname !== USUAL_INTERFACE;
	return isBeside || hasDefaultRoute(agent, call, config);
}

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
