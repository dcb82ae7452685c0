import type { Agent } from '../agent.js';
import type { CniCall, CniCommand } from './call.js';
import { checkPrevious } from './check-result.js';
import { CniError, INVALID_CONFIGURATION, NOT_AVAILABLE } from './cni-error.js';
import { attachmentId, networkPrefix } from './ids.js';
import type { NetworkConfig } from './network-config.js';
import { podRequestOf } from './pod-request.js';
import { resultOf, type CniResult } from './result.js';
import type { CniVersion } from './versions.js';

export interface CniHost {
	readonly agent: Agent;
	/** Why no pod can be attached now; undefined: they can. */
	unavailable(): string | undefined;
}

export interface CniTask {
	readonly call: CniCall;
	readonly config: NetworkConfig;
	readonly version: CniVersion;
}

/** Undefined: there is nothing to say. */
export type CniHandler = (host: CniHost, task: CniTask) => Promise<CniResult | undefined>;

export const HANDLERS: Readonly<Record<CniCommand, CniHandler>> = {
	ADD: add,
	DEL: del,
	CHECK: check,
	GC: collect,
	STATUS: status,
};

async function add({ agent }: CniHost, { call, config, version }: CniTask): Promise<CniResult> {
	if (config.prevResult !== undefined) {
		throw new CniError(
			INVALID_CONFIGURATION,
			'prevResult: found one, expected heddle-cni to be the first plugin of its list',
		);
	}
	const attachments = await agent.attachPod(podRequestOf(agent, call, config));
	return resultOf(attachments, version, config.dns);
}

/** Nothing to remove is what was asked for. */
async function del({ agent }: CniHost, { call, config }: CniTask): Promise<undefined> {
	await agent.detachPod(attachmentId(config.name, call));
	return undefined;
}

async function check({ agent }: CniHost, { call, config, version }: CniTask): Promise<undefined> {
	const id = attachmentId(config.name, call);
	agent.checkPod(id);
	checkPrevious(config.prevResult, resultOf(agent.attachments(id), version));
	return undefined;
}

async function collect({ agent }: CniHost, { config }: CniTask): Promise<undefined> {
	if (config.validAttachments === undefined) {
		throw new CniError(INVALID_CONFIGURATION, 'cni.dev/valid-attachments: found none, expected a list, be it empty');
	}
	const valid = new Set(
		config.validAttachments.map(({ containerID, ifname }) =>
			attachmentId(config.name, { containerId: containerID, ifname }),
		),
	);
	// By name and not by what to keep: what is attached meanwhile is not ours to judge.
	const gone = [...agent.pods].filter((id) => id.startsWith(networkPrefix(config.name)) && !valid.has(id));
	await agent.detachPods(gone);
	return undefined;
}

async function status(host: CniHost): Promise<undefined> {
	const reason = host.unavailable();
	if (reason !== undefined) {
		throw new CniError(NOT_AVAILABLE, reason);
	}
	return undefined;
}
