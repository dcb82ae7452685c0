import process from 'node:process';
import { readAgentConfig } from '../../agent/config/read-config.js';
import type { Command } from '../command.js';
import { EXIT_YES, type Io } from '../io.js';
import { usageError } from '../options.js';
import { packageVersion } from '../version.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

export const agent: Command = {
	name: 'agent',
	summary: "runs a node's agent: a folder of documents, an API on a unix socket, and heddle-cni's other end",
	usage: '--config FILE [--unload]',
	description: [
		'FILE is YAML: manifests, socket, state, pinPath, cluster, mtu, driver, bigTcp, ipBlocks, flowHistory, uplinks,',
		'metrics, hubble, ui, history, export; all may be left out. metrics: { listen: 127.0.0.1:9965 } serves Prometheus,',
		'ui: { listen: 127.0.0.1:12000 } a web page.',
		'SIGTERM and SIGINT end it; pods keep their network and policy, and the next agent goes on with them.',
		'Exit code 0: it was ended, or unloaded; 2: it could not start.',
	].join('\n'),
	options: {
		config: { short: 'c', value: 'FILE', help: 'the configuration' },
		unload: { help: 'detaches every pod and removes what is pinned, instead of running' },
	},
	async run(options, io) {
		const file = options.get('config');
		if (file === undefined || options.positionals.length > 0) {
			throw usageError(`found ${options.positionals[0] ?? 'no configuration'}, expected --config FILE`);
		}
		const config = await readAgentConfig(file);
		// Only here: the other commands need neither the addon nor root.
		const { runAgent, unloadAgent } = await import('../../agent/server/run-agent.js');
		if (options.has('unload')) {
			const count = await unloadAgent(config);
			log(io, `unloaded; ${count} pods were detached`);
		} else {
			await runAgent({ config, version: packageVersion(), signal: endSignal(), log: (line) => log(io, line) });
		}
		return EXIT_YES;
	},
};

function log(io: Io, line: string): void {
	io.stderr.write(`heddle agent: ${line}\n`);
}

/** A second signal ends the process as signals do. */
function endSignal(): AbortSignal {
	const controller = new AbortController();
	for (const name of SIGNALS) {
		process.once(name, () => controller.abort());
	}
	return controller.signal;
}
