import { agentClient, SOCKET_OPTION } from '../agent/client.js';
import type { Command } from '../command.js';
import { createPaint, EXIT_NO, EXIT_YES, type Io } from '../io.js';
import { tell } from '../output.js';
import { formatOf, OUTPUT_OPTION } from '../shared-options.js';
import { textTable } from '../text-table.js';
import { noMore } from './positionals.js';

/** As `/v1/status` tells it. */
interface Status {
	readonly version: string;
	readonly ready: boolean;
	readonly reason?: string;
	readonly pods: number;
	readonly endpoints: number;
	readonly networks: readonly string[];
	readonly attachMode: string;
	readonly pinPath?: string;
	readonly manifests?: { readonly folder: string; readonly issues: readonly string[] };
}

export const status: Command = {
	name: 'status',
	summary: 'tells how a running agent is',
	usage: '[-o table|json|yaml] [--socket PATH]',
	description: 'Exit code 0: it is ready; 1: it is not, and why; 2: wrong usage, or no agent.',
	options: { ...OUTPUT_OPTION, ...SOCKET_OPTION },
	async run(options, io) {
		noMore(options);
		const found = await agentClient(options).ask<Status>('/v1/status');
		tell(
			io,
			formatOf(options),
			() => found,
			() => textStatus(found, io),
		);
		return found.ready ? EXIT_YES : EXIT_NO;
	},
};

function textStatus(found: Status, io: Io): string {
	const paint = createPaint(io);
	const { version, ready, reason, pods, endpoints, networks, attachMode, pinPath, manifests } = found;
	return textTable([
		['Agent:', ready ? paint('Ok', 'green') : `${paint('Not ready', 'red')}: ${reason}`],
		['Version:', version],
		['Datapath:', `${attachMode}${pinPath === undefined ? '' : `, pinned at ${pinPath}`}`],
		['Networks:', networks.join(', ')],
		['Pods:', `${pods} with ${endpoints} endpoints`],
		...(manifests === undefined ? [] : [['Manifests:', manifestsText(manifests)]]),
	]);
}

function manifestsText({ folder, issues }: NonNullable<Status['manifests']>): string {
	return issues.length === 0 ? folder : `${folder}: ${issues.join('; ')}`;
}
