import type { Flow } from '../../flows/flow.js';
import { flowWords, type EndWords } from '../../flows/words.js';
import type { Colour, Paint } from '../io.js';
import { printable } from '../printable.js';
import { textTable } from '../text-table.js';
import { extendedResponse, hubbleResponse } from './hubble-json.js';
import { lostJson, lostText, type LostEvents } from './lost-events.js';
import { TIME_FORMATS, type TimeFormatName } from './time-format.js';

export const OUTPUTS = ['compact', 'dict', 'json', 'jsonpb', 'table'] as const;
export type OutputName = (typeof OUTPUTS)[number];

export interface PrinterOptions {
	readonly timeFormat: TimeFormatName;
	readonly numeric: boolean;
	readonly printNodeName: boolean;
	readonly paint: Paint;
}

/** What becomes of flows on the way to people or programs. */
export interface FlowPrinter {
	/** @returns what is to be written now */
	flow(flow: Flow, nodeName: string): string;
	/** Events that are missing here. */
	lost(lost: LostEvents, nodeName: string): string;
	end(): string;
}

export function createPrinter(output: OutputName, options: PrinterOptions): FlowPrinter {
	switch (output) {
		case 'compact':
			return { flow: (flow, node) => compact(flow, node, options), lost: lostText, end: () => '' };
		case 'dict':
			return dict(options);
		case 'table':
			return table(options);
		case 'json':
			return json(extendedResponse);
		case 'jsonpb':
			return json(hubbleResponse);
	}
}

function json(response: (flow: Flow, nodeName: string) => object): FlowPrinter {
	return {
		flow: (flow, node) => `${JSON.stringify(response(flow, node))}\n`,
		lost: (lost, node) => `${JSON.stringify({ lost_events: lostJson(lost), node_name: node })}\n`,
		end: () => '',
	};
}

function compact(flow: Flow, nodeName: string, { timeFormat, numeric, printNodeName, paint }: PrinterOptions): string {
	const { type, verdict, summary, ...ends } = flowWords(flow, numeric);
	const [source, destination] = [ends.source, ends.destination].map(
		(end) => `${hostOf(end, paint)} ${paint(`(${end.identity} ${end.place})`, 'magenta')}`,
	);
	const told = flow.isReply ? `${destination} <- ${source}` : `${source} -> ${destination}`;
	const node = printNodeName ? ` [${nodeName}]` : '';
	const time = TIME_FORMATS[timeFormat](flow.timeNs);
	const more = summary === '' ? '' : ` (${printable(summary)})`;
	return `${time}${node}: ${told} ${type} ${paint(verdict, colourOf(flow))}${more}\n`;
}

function hostOf({ host, port }: EndWords, paint: Paint): string {
	return `${paint(printable(host), 'cyan')}${port === '' ? '' : `:${paint(port, 'yellow')}`}`;
}

function colourOf({ verdict }: Flow): Colour {
	return verdict === 'FORWARDED' ? 'green' : verdict === 'DROPPED' ? 'red' : 'yellow';
}

function dict(options: PrinterOptions): FlowPrinter {
	let separator = '';
	return {
		flow(flow, nodeName) {
			const [time, node, source, destination, type, verdict, summary] = cellsOf(flow, nodeName, options);
			const lines = [
				`  TIMESTAMP: ${time}`,
				...(options.printNodeName ? [`       NODE: ${node}`] : []),
				`     SOURCE: ${source}`,
				`DESTINATION: ${destination}`,
				`       TYPE: ${type}`,
				`    VERDICT: ${options.paint(verdict!, colourOf(flow))}`,
				`    SUMMARY: ${summary}`,
			];
			const text = `${separator}${lines.join('\n')}\n`;
			separator = '------------\n';
			return text;
		},
		lost: lostText,
		end: () => '',
	};
}

const COLUMNS = ['TIMESTAMP', 'NODE', 'SOURCE', 'DESTINATION', 'TYPE', 'VERDICT', 'SUMMARY'];

/** Its widths are known at the end. */
function table(options: PrinterOptions): FlowPrinter {
	const rows: string[][] = [];
	let lost = 0n;
	const plain = { ...options, paint: (text: string) => text };
	const shown = (cells: readonly string[]) => cells.filter((_, i) => i !== 1 || options.printNodeName);
	return {
		flow(flow, nodeName) {
			rows.push(shown(cellsOf(flow, nodeName, plain)));
			return '';
		},
		lost({ numEventsLost }) {
			lost += BigInt(numEventsLost);
			return '';
		},
		end: () => textTable([shown(COLUMNS), ...rows]) + (lost === 0n ? '' : lostText({ numEventsLost: String(lost) })),
	};
}

/** In the order of the columns. */
function cellsOf(flow: Flow, nodeName: string, { timeFormat, numeric, paint }: PrinterOptions): string[] {
	const { source, destination, type, verdict, summary } = flowWords(flow, numeric);
	const end = (one: EndWords) => `${hostOf(one, paint)} (${one.place})`;
	const time = TIME_FORMATS[timeFormat](flow.timeNs);
	return [time, nodeName, end(source), end(destination), type, verdict, printable(summary)];
}
