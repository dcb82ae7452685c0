import { existsSync } from 'node:fs';
import process from 'node:process';
import { HeddleError } from '../../errors.js';
import { DEFAULT_UI_LISTEN } from '../../ui/options.js';
import type { Command } from '../command.js';
import { EXIT_YES } from '../io.js';
import { usageError } from '../options.js';

const DEFAULT_PIN = '/sys/fs/bpf/heddle';

export const ui: Command = {
	name: 'ui',
	summary: 'serves a web page of a pinned datapath: who talks to whom, flows, policies, and why',
	usage: '[--pin PATH] [--listen ADDRESS]',
	description: [
		'For a datapath that no process holds: flows are told to one reader. An agent serves the page itself, with',
		'ui: { listen: 127.0.0.1:12000 } in its configuration. Whoever reaches the address sees every flow and policy.',
		'Exit code 0: it was ended by SIGTERM or SIGINT; 2: it could not start.',
	].join('\n'),
	options: {
		pin: { value: 'PATH', help: `where the datapath is pinned, on a bpffs (default ${DEFAULT_PIN})` },
		listen: { value: 'ADDRESS', help: `host:port or unix:///path (default ${DEFAULT_UI_LISTEN})` },
	},
	async run(options, io) {
		if (options.positionals.length > 0) {
			throw usageError(`found ${options.positionals[0]}, expected options alone`);
		}
		const pinPath = options.get('pin') ?? DEFAULT_PIN;
		// Without one, opening would make one.
		if (!existsSync(pinPath)) {
			throw new HeddleError('ERR_UNREADABLE', `--pin: found nothing at ${pinPath}, expected a pinned datapath`);
		}
		// Only here: the other commands need neither the addon nor root.
		const { openDatapath } = await import('../../datapath/open.js');
		const { serveUi } = await import('../../ui/serve.js');
		await using datapath = await openDatapath({ pinPath, existing: 'adopt', sweepIntervalMs: 0 });
		await using server = await serveUi(datapath, { listen: options.get('listen') ?? DEFAULT_UI_LISTEN });
		io.stdout.write(`${server.address.startsWith('unix:') ? '' : 'http://'}${server.address}\n`);
		await ended();
		return EXIT_YES;
	},
};

function ended(): Promise<void> {
	return new Promise((resolve) => {
		for (const name of ['SIGTERM', 'SIGINT'] as const) {
			process.once(name, () => resolve());
		}
	});
}
