import { agentClient, SOCKET_OPTION } from '../agent/client.js';
import type { Command } from '../command.js';
import { EXIT_YES } from '../io.js';
import { labelTexts, tellRows, type Columns } from '../lists.js';
import { OUTPUT_OPTION } from '../shared-options.js';
import { findOne, noMore, onePositional } from './positionals.js';

/** As `/v1/endpoints` tells it. */
interface EndpointRow {
	readonly id: number;
	readonly name: string;
	readonly pod?: { readonly namespace: string };
	readonly network: string;
	readonly interface: { readonly name: string; readonly pod?: string };
	readonly addresses: readonly string[];
	readonly identity: { readonly id: number; readonly labels: Readonly<Record<string, string>> };
	readonly enforced: { readonly ingress: boolean; readonly egress: boolean };
	readonly audit: boolean;
	readonly aggregation: string;
	readonly sampling: number;
	readonly status: string;
}

/** Cilium's columns, and what tells the interfaces of a pod apart. */
const COLUMNS: Columns<EndpointRow> = {
	'ENDPOINT ID': ({ id }) => id,
	'POLICY (INGRESS) ENFORCEMENT': (row) => enforcement(row, 'ingress'),
	'POLICY (EGRESS) ENFORCEMENT': (row) => enforcement(row, 'egress'),
	IDENTITY: ({ identity }) => identity.id,
	LABELS: ({ identity }) => labelTexts(identity.labels),
	IPv6: ({ addresses }) => addresses.filter((address) => address.includes(':')).join(','),
	IPv4: ({ addresses }) => addresses.filter((address) => !address.includes(':')).join(','),
	STATUS: ({ status }) => status,
	NETWORK: ({ network }) => network,
	AGGREGATION: ({ aggregation, sampling }) => (sampling > 1 ? `${aggregation} 1/${sampling}` : aggregation),
	INTERFACE: (row) => row.interface.pod ?? row.interface.name,
	NAME: nameOf,
};

function nameOf({ name, pod }: EndpointRow): string {
	return pod === undefined ? name : `${pod.namespace}/${name}`;
}

function enforcement({ enforced, audit }: EndpointRow, direction: 'ingress' | 'egress'): string {
	return enforced[direction] ? (audit ? 'Enabled (Audit)' : 'Enabled') : 'Disabled';
}

export const endpointList: Command = {
	group: 'endpoint',
	name: 'list',
	summary: "lists a running agent's endpoints: one an interface",
	usage: '[-o table|json|yaml] [--socket PATH]',
	description: 'Exit code 0: listed; 2: wrong usage, or no agent.',
	options: { ...OUTPUT_OPTION, ...SOCKET_OPTION },
	async run(options, io) {
		noMore(options);
		tellRows(options, io, await agentClient(options).ask<EndpointRow[]>('/v1/endpoints'), COLUMNS);
		return EXIT_YES;
	},
};

export const endpointGet: Command = {
	group: 'endpoint',
	name: 'get',
	summary: 'shows one endpoint',
	usage: 'ID|NAME [-o table|json|yaml] [--socket PATH]',
	description:
		'NAME is that of the list, with or without its namespace. Exit code 0: shown; 2: there is none, or no agent.',
	options: { ...OUTPUT_OPTION, ...SOCKET_OPTION },
	async run(options, io) {
		const wanted = onePositional(options, 'an endpoint');
		const all = await agentClient(options).ask<EndpointRow[]>('/v1/endpoints');
		const names = (row: EndpointRow) => [String(row.id), row.name, nameOf(row)];
		tellRows(options, io, [findOne('endpoint', wanted, all, names)], COLUMNS);
		return EXIT_YES;
	},
};
