import { agentClient, SOCKET_OPTION } from '../agent/client.js';
import type { Command } from '../command.js';
import { EXIT_YES } from '../io.js';
import { tellRows, type Columns } from '../lists.js';
import { OUTPUT_OPTION } from '../shared-options.js';
import { noMore } from './positionals.js';

/** As `/v1/ips` tells it. */
interface IpRow {
	readonly ip: string;
	readonly network: string;
	readonly identity?: number;
	readonly endpoint?: number;
	readonly name?: string;
	readonly pod?: { readonly namespace: string };
	readonly owner?: string;
	readonly state: 'used' | 'kept';
}

const COLUMNS: Columns<IpRow> = {
	IP: ({ ip }) => ip,
	NETWORK: ({ network }) => network,
	IDENTITY: ({ identity }) => identity,
	'ENDPOINT ID': ({ endpoint }) => endpoint,
	STATE: ({ state }) => state,
	OWNER: ({ owner, name, pod }) => owner ?? (pod === undefined ? name : `${pod.namespace}/${name}`),
};

export const ipList: Command = {
	group: 'ip',
	name: 'list',
	summary: 'lists addresses of pods, and those kept for pods to come back',
	usage: '[-o table|json|yaml] [--socket PATH]',
	description: 'Exit code 0: listed; 2: wrong usage, or no agent.',
	options: { ...OUTPUT_OPTION, ...SOCKET_OPTION },
	async run(options, io) {
		noMore(options);
		tellRows(options, io, await agentClient(options).ask<IpRow[]>('/v1/ips'), COLUMNS);
		return EXIT_YES;
	},
};
