import { agentOptions, DEFAULT_SOCKET, type AgentConfig } from '../config/agent-config.js';
import { followManifests, type ManifestFolder } from '../manifests/manifests.js';
import { openAgent } from '../open.js';
import type { HubbleServer } from '../../hubble/server.js';
import { attachUplinks } from './attach-uplinks.js';
import { openRecords, type AgentRecords } from '../records/records.js';
import { serveAgentHubble } from './serve-hubble.js';
import type { Agent } from '../agent.js';
import { serveAgent } from './server.js';
import type { ServerHost } from './verbs.js';

export interface RunOptions {
	readonly config: AgentConfig;
	/** Of the package. */
	readonly version: string;
	/** Ends it. What is pinned goes on forwarding and enforcing. */
	readonly signal: AbortSignal;
	log(line: string): void;
}

/** One node's agent, until the signal. @throws as `openAgent`; ERR_SOCKET_IN_USE, ERR_SOCKET */
export async function runAgent({ config, version, signal, log }: RunOptions): Promise<void> {
	await using agent = await openAgent(agentOptions(config));
	const manifests = config.manifests === undefined ? undefined : await followManifests(agent, config.manifests, log);
	let hubble: HubbleServer | undefined;
	let records: AgentRecords | undefined;
	try {
		records = await openRecords(agent.datapath, config, log);
		await attachUplinks(agent.datapath, config.uplinks ?? []);
		hubble = config.hubble && (await serveAgentHubble(agent.datapath, config.hubble, records.history, log));
		const socket = config.socket ?? DEFAULT_SOCKET;
		const server = await serveAgent({ socket, host: { ...hostOf(agent, manifests, version), records }, log });
		log(`ready at ${socket} with ${[...agent.pods].length} pods`);
		if (agent.metrics !== undefined) {
			log(`metrics at ${agent.metrics.address}`);
		}
		if (agent.ui !== undefined) {
			log(`ui at ${agent.ui.address}`);
		}
		await aborted(signal);
		await server.close();
	} finally {
		await hubble?.close();
		await records?.close();
		await manifests?.close();
	}
	log('closed; pods keep their network and policy');
}

/** Everything that an agent of this configuration left: pods, programs, pins. Documents stay in the state file. */
export async function unloadAgent(config: AgentConfig): Promise<number> {
	// Nobody looks at what ends at once.
	const { metrics: _, ui: __, ...options } = agentOptions(config);
	await using agent = await openAgent(options);
	const count = [...agent.pods].length;
	await agent.unload();
	return count;
}

function hostOf(agent: Agent, manifests: ManifestFolder | undefined, version: string): ServerHost {
	return {
		agent,
		version,
		manifests: () => manifests?.status,
		unavailable() {
			const status = manifests?.status;
			// Once read, what is wrong with them later leaves networks and pools as they were.
			return status?.synced === 0 ? `manifests in ${status.folder}: ${status.issues.join('; ')}` : undefined;
		},
	};
}

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) {
			resolve();
		}
		signal.addEventListener('abort', () => resolve(), { once: true });
	});
}
