import { agentClient, SOCKET_OPTION } from '../agent/client.js';
import type { Command } from '../command.js';
import { EXIT_YES } from '../io.js';
import { labelTexts, tellRows, type Columns } from '../lists.js';
import { OUTPUT_OPTION } from '../shared-options.js';
import { findOne, noMore, onePositional } from './positionals.js';

/** As `/v1/identities` tells it. */
interface IdentityRow {
	readonly id: number;
	readonly kind: string;
	readonly name?: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly endpoints: number;
}

const COLUMNS: Columns<IdentityRow> = {
	ID: ({ id }) => id,
	KIND: ({ kind }) => kind,
	ENDPOINTS: ({ endpoints }) => endpoints,
	LABELS: ({ labels }) => labelTexts(labels),
};

export const identityList: Command = {
	group: 'identity',
	name: 'list',
	summary: "lists a running agent's security identities and their labels",
	usage: '[-o table|json|yaml] [--socket PATH]',
	description: 'Exit code 0: listed; 2: wrong usage, or no agent.',
	options: { ...OUTPUT_OPTION, ...SOCKET_OPTION },
	async run(options, io) {
		noMore(options);
		tellRows(options, io, await agentClient(options).ask<IdentityRow[]>('/v1/identities'), COLUMNS);
		return EXIT_YES;
	},
};

export const identityGet: Command = {
	group: 'identity',
	name: 'get',
	summary: 'shows one identity',
	usage: 'ID|NAME [-o table|json|yaml] [--socket PATH]',
	description: 'NAME is of a reserved one: host, world-ipv4. Exit code 0: shown; 2: there is none, or no agent.',
	options: { ...OUTPUT_OPTION, ...SOCKET_OPTION },
	async run(options, io) {
		const wanted = onePositional(options, 'an identity');
		const all = await agentClient(options).ask<IdentityRow[]>('/v1/identities');
		const names = ({ id, name }: IdentityRow) => [...(name === undefined ? [] : [name]), String(id)];
		tellRows(options, io, [findOne('identity', wanted, all, names)], COLUMNS);
		return EXIT_YES;
	},
};
