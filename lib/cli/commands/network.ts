import { agentClient, SOCKET_OPTION } from '../agent/client.js';
import type { Command } from '../command.js';
import { EXIT_YES } from '../io.js';
import { tellRows, type Columns } from '../lists.js';
import { OUTPUT_OPTION } from '../shared-options.js';
import { noMore } from './positionals.js';

/** As `/v1/networks` tells it. */
interface NetworkRow {
	readonly id: number;
	readonly name: string;
	readonly pool: string;
	readonly endpoints: number;
	readonly routes: readonly { readonly destination: string; readonly gateway: string }[];
}

const COLUMNS: Columns<NetworkRow> = {
	ID: ({ id }) => id,
	NAME: ({ name }) => name,
	POOL: ({ pool }) => pool,
	ENDPOINTS: ({ endpoints }) => endpoints,
	ROUTES: ({ routes }) => routes.map(({ destination, gateway }) => `${destination} via ${gateway}`).join(','),
};

export const networkList: Command = {
	group: 'network',
	name: 'list',
	summary: "lists a running agent's pod networks",
	usage: '[-o table|json|yaml] [--socket PATH]',
	description: 'Exit code 0: listed; 2: wrong usage, or no agent.',
	options: { ...OUTPUT_OPTION, ...SOCKET_OPTION },
	async run(options, io) {
		noMore(options);
		tellRows(options, io, await agentClient(options).ask<NetworkRow[]>('/v1/networks'), COLUMNS);
		return EXIT_YES;
	},
};
