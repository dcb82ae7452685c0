import { flowFromJson } from '../../flows/flow-json.js';
import { agentClient, SOCKET_OPTION } from '../agent/client.js';
import type { Command } from '../command.js';
import { createPaint, EXIT_YES } from '../io.js';
import { usageError, type Options } from '../options.js';
import { FILTER_OPTIONS } from '../observe/filter-options.js';
import { flowsQuery } from '../observe/flows-query.js';
import type { LostEvents } from '../observe/lost-events.js';
import { createPrinter, OUTPUTS, type OutputName } from '../observe/printer.js';
import { TIME_FORMATS, type TimeFormatName } from '../observe/time-format.js';

/** One line of `/v1/flows`. */
interface FlowsLine {
	readonly nodeName: string;
	readonly flow?: unknown;
	readonly lostEvents?: LostEvents;
	readonly aggregation?: { readonly limit: string };
}

export const observe: Command = {
	name: 'observe',
	summary: 'shows flows of a running agent, with the flags of hubble observe',
	usage: '[--pod PREFIX] [--verdict VERDICT] … [--last N] [-f] [-o FORMAT]',
	description: [
		'Of one filter given several times one must match, of several filters all; --not negates the filter after it.',
		'Without --last, --first, --since, --until and -f: the last 20. Lost events are told where they are missing.',
		'Exit code 0: shown; 2: wrong usage, or no agent.',
	].join('\n'),
	options: {
		...FILTER_OPTIONS,
		not: { help: 'negates the filter after it' },
		last: { value: 'N', help: 'the newest N flows that match' },
		first: { value: 'N', help: 'the oldest N flows that match' },
		since: { value: 'TIME', help: "so long ago ('5m'), or since '2026-01-02T15:04:05Z'" },
		until: { value: 'TIME', help: 'as --since' },
		follow: { short: 'f', help: 'goes on with flows as they come' },
		output: { short: 'o', value: 'FORMAT', choices: OUTPUTS, help: `${OUTPUTS.join(', ')} (default compact)` },
		'time-format': {
			value: 'NAME',
			choices: Object.keys(TIME_FORMATS),
			help: `${Object.keys(TIME_FORMATS).join(', ')} (default StampMilli); UTC`,
		},
		numeric: { help: 'addresses instead of names' },
		'print-node-name': { help: 'with the name of the node' },
		color: {
			value: 'WHEN',
			choices: ['auto', 'always', 'never'],
			help: 'auto (on a terminal; the default), always, never',
		},
		...SOCKET_OPTION,
	},
	async run(options, io) {
		if (options.positionals.length > 0) {
			throw usageError(`found ${options.positionals[0]}, expected options alone`);
		}
		const query = flowsQuery(options);
		const printer = createPrinter(outputOf(options), {
			timeFormat: (options.get('time-format') ?? 'StampMilli') as TimeFormatName,
			numeric: options.has('numeric'),
			printNodeName: options.has('print-node-name'),
			paint: createPaint(io, (options.get('color') ?? 'auto') as 'auto' | 'always' | 'never'),
		});
		for await (const line of agentClient(options).lines<FlowsLine>('/v1/flows', query)) {
			const { flow, lostEvents, aggregation, nodeName } = line;
			if (aggregation !== undefined) {
				io.stderr.write(aggregationNotice(aggregation.limit));
			}
			const text = flow === undefined ? '' : printer.flow(flowFromJson(flow), nodeName);
			const lost = lostEvents === undefined ? '' : printer.lost(lostEvents, nodeName);
			io.stdout.write(text + lost);
		}
		io.stdout.write(printer.end());
		return EXIT_YES;
	},
};

function aggregationNotice(limit: string): string {
	return limit === 'none'
		? 'heddle: as much is told again as endpoints ask for\n'
		: `heddle: the agent is late to read: until it is not, aggregation is at least ${limit}\n`;
}

function outputOf(options: Options): OutputName {
	const output = (options.get('output') ?? 'compact') as OutputName;
	if (output === 'table' && options.has('follow')) {
		throw usageError(
			'-o: found table beside --follow, expected compact, dict, json, jsonpb: its widths are known at the end',
		);
	}
	return output;
}
