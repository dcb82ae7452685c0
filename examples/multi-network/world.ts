import type { ChildProcess } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
	type Agent,
	type AgentOptions,
	type CiliumNetworkPolicy,
	type HeddleDocument,
	loadFolder,
	namespaceOf,
	openAgent,
} from '../../lib/index.js';
import { PREFIX, type RunningPod, createNamespace, removeNamespaces, startServer } from './pod.js';

/** Where the demo's datapath and state are found again. */
const OPTIONS = {
	statePath: join(tmpdir(), `${PREFIX}state`, 'state.db'),
	datapath: { pinPath: `/sys/fs/bpf/${PREFIX}pins`, flowHistory: 512 },
} satisfies AgentOptions;

const PORT = 80;

export interface World {
	readonly agent: Agent;
	readonly pods: ReadonlyMap<string, RunningPod>;
	readonly policies: readonly CiliumNetworkPolicy[];
}

export interface WorldOptions {
	/** Lets the servers outlive this process. */
	readonly keep: boolean;
	say(line: string): void;
}

/** Open, from before there is a world until it is removed. */
let opened: Agent | undefined;

/** Documents → networks, pods, interfaces, endpoints, servers. Everything but the policies. */
export async function createWorld(folder: string, { keep, say }: WorldOptions): Promise<World> {
	const documents = await loadFolder(folder);
	const agent = (opened = await openAgent(OPTIONS));
	say(`opened the agent (programs attach by ${agent.datapath.attachMode})`);
	await agent.apply(...documents.filter(({ kind }) => kind !== 'CiliumNetworkPolicy'));
	const networks = Array.from(agent.datapath.networks, ({ name }) => name).join(', ');
	say(`read ${documents.length} documents: networks ${networks}`);
	const pods = await attachPods(agent, documents);
	say(`attached ${agent.datapath.endpoints.size} endpoints of ${pods.size} pods`);
	const servers = await startServers(pods, keep);
	say(`started ${servers.length} servers on port ${PORT}`);
	return { agent, pods, policies: ofKind(documents, 'CiliumNetworkPolicy') };
}

/** Labels and networks are in the pods' documents. */
async function attachPods(agent: Agent, documents: readonly HeddleDocument[]): Promise<Map<string, RunningPod>> {
	const pods = new Map<string, RunningPod>();
	for (const document of ofKind(documents, 'Pod')) {
		const { name } = document.metadata;
		const namespace = createNamespace(name);
		const attachments = await agent.attachPod({ netns: namespace, pod: { namespace: namespaceOf(document), name } });
		pods.set(name, { name, namespace, attachments });
	}
	return pods;
}

function ofKind<Name extends HeddleDocument['kind']>(documents: readonly HeddleDocument[], kind: Name) {
	return documents.filter((one): one is Extract<HeddleDocument, { kind: Name }> => one.kind === kind);
}

async function startServers(pods: ReadonlyMap<string, RunningPod>, keep: boolean): Promise<ChildProcess[]> {
	const servers = [...pods.values()].filter(({ name }) => name.startsWith('server-'));
	return Promise.all(
		servers.map(async (pod) => {
			const child = await startServer(pod, [PORT], keep);
			child.stdout?.destroy();
			child.unref();
			return child;
		}),
	);
}

/** Whatever a demo left, this one or one before: processes, interfaces, pins, namespaces. */
export async function removeWorld(): Promise<void> {
	const agent = opened ?? (existsSync(OPTIONS.statePath) ? await openAgent(OPTIONS) : undefined);
	opened = undefined;
	await agent?.unload();
	removeNamespaces();
	rmSync(dirname(OPTIONS.statePath), { recursive: true, force: true });
	rmSync(OPTIONS.datapath.pinPath, { recursive: true, force: true });
}
