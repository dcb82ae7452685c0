import { copyFileSync, chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { DEFAULT_SOCKET } from '../../agent/config/agent-config.js';
import { CNI_VERSIONS, NEWEST_VERSION } from '../../agent/cni/versions.js';
import { HeddleError } from '../../errors.js';
import type { Command } from '../command.js';
import { EXIT_YES } from '../io.js';
import { usageError } from '../options.js';
import { packageRoot } from '../version.js';

const PLUGIN = 'heddle-cni';
const BIN_DIR = '/opt/cni/bin';
const CONF_DIR = '/etc/cni/net.d';
const CONF_FILE = '10-heddle.conflist';

export const installCni: Command = {
	group: 'cni',
	name: 'install',
	summary: 'puts heddle-cni and a network configuration where container runtimes look for them',
	usage: '[--bin-dir DIR] [--conf-dir DIR] [--socket PATH] [--network NAME] [--cni-version VERSION]',
	description: [
		'A configuration that is there already is replaced; a plugin that runs meanwhile goes on.',
		'Exit code 0: both are there; 2: they could not be written.',
	].join('\n'),
	options: {
		'bin-dir': { value: 'DIR', help: `for the plugin (default ${BIN_DIR})` },
		'conf-dir': { value: 'DIR', help: `for ${CONF_FILE} (default ${CONF_DIR})` },
		socket: { value: 'PATH', help: `the agent's (default ${DEFAULT_SOCKET})` },
		network: { value: 'NAME', help: "this network alone (default: those that a pod's annotations ask for)" },
		'cni-version': {
			value: 'VERSION',
			choices: CNI_VERSIONS,
			help: `the newest that the runtime knows (default ${NEWEST_VERSION})`,
		},
	},
	async run(options, io) {
		if (options.positionals.length > 0) {
			throw usageError(`found ${options.positionals[0]}, expected options alone`);
		}
		const plugin = join(options.get('bin-dir') ?? BIN_DIR, PLUGIN);
		const list = join(options.get('conf-dir') ?? CONF_DIR, CONF_FILE);
		const network = options.get('network');
		const socket = options.get('socket') ?? DEFAULT_SOCKET;
		replace(plugin, (path) => {
			copyFileSync(pluginOfPackage(), path);
			chmodSync(path, 0o755);
		});
		const content = networkList(socket, options.get('cni-version') ?? NEWEST_VERSION, network);
		replace(list, (path) => writeFileSync(path, `${JSON.stringify(content, undefined, 2)}\n`));
		io.stdout.write(`${plugin}\n${list}\n`);
		return EXIT_YES;
	},
};

function networkList(agentSocket: string, cniVersion: string, network: string | undefined) {
	return {
		cniVersion,
		name: 'heddle',
		plugins: [
			{
				type: PLUGIN,
				agentSocket,
				...(network === undefined ? {} : { network }),
				capabilities: { ips: true, mac: true, 'io.kubernetes.cri.pod-annotations': true },
			},
		],
	};
}

/** Runtimes find the one or the other, never half of one. */
function replace(path: string, write: (path: string) => void): void {
	const fresh = `${path}.new`;
	try {
		mkdirSync(join(path, '..'), { recursive: true });
		write(fresh);
		renameSync(fresh, path);
	} catch (cause) {
		if (cause instanceof HeddleError) {
			throw cause;
		}
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw new HeddleError('ERR_UNWRITABLE', `cannot write ${path}: ${reason}`, { found: path, cause });
	}
}

function pluginOfPackage(): string {
	const root = packageRoot();
	const places = [join(root, 'native/build', PLUGIN), join(root, `prebuilds/linux-${process.arch}`, PLUGIN)];
	const found = places.find((path) => existsSync(path));
	if (found === undefined) {
		throw new HeddleError('ERR_NATIVE_MISSING', `${PLUGIN}: found none of ${places.join(', ')}, expected one of them`);
	}
	return found;
}
