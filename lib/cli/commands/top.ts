import { setTimeout as delay } from 'node:timers/promises';
import { agentClient, SOCKET_OPTION } from '../agent/client.js';
import type { Command } from '../command.js';
import { EXIT_YES } from '../io.js';
import { usageError, type Options } from '../options.js';
import { tell } from '../output.js';
import { formatOf, OUTPUT_OPTION } from '../shared-options.js';
import { formatTop, type TopSums } from '../top/top-table.js';
import { noMore } from './positionals.js';

const DEFAULT_ROWS = 20;
const DEFAULT_INTERVAL = 2;
/** Terminals begin anew at the top left, with nothing on them. */
const CLEAR = '\u001b[H\u001b[2J';

export const top: Command = {
	name: 'top',
	summary: 'shows who talks most and what is dropped, again and again',
	usage: '[--once] [--interval SECONDS] [--rows N] [-o table|json|yaml] [--socket PATH]',
	description: [
		'Talkers are by bytes of the conversations that are there now; drops are exact, since their endpoint was attached.',
		'Exit code 0: shown; 2: wrong usage, or no agent.',
	].join('\n'),
	options: {
		once: { help: 'one table, of sums' },
		interval: { value: 'SECONDS', help: `between two tables, 1 to 3600 (default ${DEFAULT_INTERVAL})` },
		rows: { value: 'N', help: `of each table, 1 to 256 (default ${DEFAULT_ROWS})` },
		...OUTPUT_OPTION,
		...SOCKET_OPTION,
	},
	async run(options, io) {
		noMore(options);
		const interval = numberOf(options, 'interval', 3600) ?? DEFAULT_INTERVAL;
		const rows = numberOf(options, 'rows', 256) ?? DEFAULT_ROWS;
		const agent = agentClient(options);
		const clear = io.stdout.isTTY === true && !options.has('once') && formatOf(options) === 'table' ? CLEAR : '';
		let before: TopSums | undefined;
		for (;;) {
			const now = await agent.ask<TopSums>('/v1/top');
			tell(
				io,
				formatOf(options),
				() => now,
				() => `${clear}${formatTop(now, before, rows)}`,
			);
			if (options.has('once')) {
				return EXIT_YES;
			}
			before = now;
			await delay(interval * 1000);
		}
	},
};

function numberOf(options: Options, name: string, most: number): number | undefined {
	const text = options.get(name);
	if (text === undefined) {
		return undefined;
	}
	const number = /^\d{1,4}$/.test(text) ? Number(text) : 0;
	if (number < 1 || number > most) {
		throw usageError(`--${name}: found ${JSON.stringify(text)}, expected a number from 1 to ${most}`);
	}
	return number;
}
