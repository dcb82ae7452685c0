import type { EndpointPort } from '../datapath/endpoint-options.js';
import type { NetworkSelection as NetworkRequest } from '../documents/network-selection.js';

/** A pod as its runtime or a document describes it. */
export interface PodDescription {
	readonly namespace: string;
	readonly name: string;
	/** @default none */
	readonly labels?: Readonly<Record<string, string>>;
	/** Networks and pools that it asks for, see `networkRequestsOf` and `choosePools`. @default none */
	readonly annotations?: Readonly<Record<string, string>>;
	/** @default 'default' */
	readonly serviceAccount?: string;
	/** @default none */
	readonly namedPorts?: readonly EndpointPort[];
}

export interface PodRequest {
	/** Names the pod in every later call: a runtime's sandbox id. @default `<namespace>/<name>` */
	readonly id?: string;
	/** The pod's network namespace: a path, or a name under /run/netns. */
	readonly netns: string;
	readonly pod: PodDescription;
	/** Instead of what the pod's annotations ask for; the first is the primary one. */
	readonly networks?: readonly (string | NetworkRequest)[];
	/** The addresses stay this pod's when it is detached, until `forgetPod`. @default false */
	readonly sticky?: boolean;
}
