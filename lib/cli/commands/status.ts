import { agentClient, SOCKET_OPTION } from '../agent/client.js';
import type { Command } from '../command.js';
import { createPaint, EXIT_NO, EXIT_YES, type Io } from '../io.js';
import { tell } from '../output.js';
import { formatOf, OUTPUT_OPTION } from '../shared-options.js';
import { textTable } from '../text-table.js';
import { noMore } from './positionals.js';

interface Writing {
	readonly lost: number;
	readonly failure?: { readonly code: string; readonly message: string };
}

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
	readonly history?: { readonly path: string; readonly flows: number; readonly bytes: number } & Writing;
	readonly exports?: readonly ({ readonly filePath: string; readonly exported: number } & Writing)[];
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
		...recordLines(found),
	]);
}

function manifestsText({ folder, issues }: NonNullable<Status['manifests']>): string {
	return issues.length === 0 ? folder : `${folder}: ${issues.join('; ')}`;
}

function recordLines({ history, exports = [] }: Status): string[][] {
	const kept = history && [
		'History:',
		`${history.path}: ${history.flows} flows, ${mebibytes(history.bytes)}${writingText(history)}`,
	];
	const written = exports.map((one) => ['Export:', `${one.filePath}: ${one.exported} flows${writingText(one)}`]);
	return [...(kept === undefined ? [] : [kept]), ...written];
}

function mebibytes(bytes: number): string {
	return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

function writingText({ lost, failure }: Writing): string {
	return `${lost === 0 ? '' : `, ${lost} lost`}${failure === undefined ? '' : `; ${failure.code}: ${failure.message}`}`;
}
