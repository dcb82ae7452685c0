import { HeddleError } from '../errors.js';
import { helpOf, HELP_OPTION, wordsOf, type Command } from './command.js';
import { agent } from './commands/agent.js';
import { bpfFlows, bpfIpcache, bpfPolicy } from './commands/bpf.js';
import { diff } from './commands/diff.js';
import { endpointGet, endpointList } from './commands/endpoint.js';
import { explain } from './commands/explain.js';
import { identityGet, identityList } from './commands/identity.js';
import { installCni } from './commands/install-cni.js';
import { ipList } from './commands/ip.js';
import { networkList } from './commands/network.js';
import { observe } from './commands/observe.js';
import { recommend } from './commands/recommend.js';
import { rows } from './commands/rows.js';
import { status } from './commands/status.js';
import { top } from './commands/top.js';
import { ui } from './commands/ui.js';
import { validate } from './commands/validate.js';
import { verify } from './commands/verify.js';
import { EXIT_WRONG, EXIT_YES, type Io } from './io.js';
import { readOptions, usageError } from './options.js';
import { packageVersion } from './version.js';

const COMMANDS: readonly Command[] = [
	validate,
	rows,
	explain,
	diff,
	verify,
	recommend,
	agent,
	ui,
	installCni,
	observe,
	top,
	status,
	endpointList,
	endpointGet,
	identityList,
	identityGet,
	networkList,
	ipList,
	bpfPolicy,
	bpfIpcache,
	bpfFlows,
];
const HELP_WORDS = ['help', '--help', '-h'];
const VERSION_WORDS = ['version', '--version', '-V'];

/** The whole command line, but for the process around it. @returns the exit code */
export async function run(args: readonly string[], io: Io): Promise<number> {
	try {
		return await dispatch(args, io);
	} catch (error) {
		io.stderr.write(`heddle: ${messageOf(error)}\n`);
		return EXIT_WRONG;
	}
}

async function dispatch([group, name, ...rest]: readonly string[], io: Io): Promise<number> {
	if (group !== undefined && VERSION_WORDS.includes(group)) {
		io.stdout.write(`${packageVersion()}\n`);
		return EXIT_YES;
	}
	const isGroup = COMMANDS.some((command) => command.group !== undefined && command.group === group);
	if (group === undefined || HELP_WORDS.includes(group) || (isGroup && HELP_WORDS.includes(name ?? ''))) {
		const asked = group !== undefined;
		(asked ? io.stdout : io.stderr).write(overview());
		return asked ? EXIT_YES : EXIT_WRONG;
	}
	const single = COMMANDS.find((command) => command.group === undefined && command.name === group);
	if (single !== undefined) {
		return runCommand(single, name === undefined ? [] : [name, ...rest], io);
	}
	return runCommand(commandIn(group, name), rest, io);
}

/** @throws ERR_USAGE */
function commandIn(group: string, name: string | undefined): Command {
	const members = COMMANDS.filter((command) => command.group === group);
	if (members.length === 0) {
		const words = new Set(COMMANDS.map((command) => command.group ?? command.name));
		throw usageError(`found ${JSON.stringify(group)}, expected ${[...words].join(', ')}, help or version`);
	}
	const command = members.find((each) => each.name === name);
	if (command === undefined) {
		const names = members.map((each) => each.name).join(', ');
		const found = name === undefined ? 'no command' : JSON.stringify(name);
		throw usageError(`${group}: found ${found}, expected one of ${names}`);
	}
	return command;
}

async function runCommand(command: Command, args: readonly string[], io: Io): Promise<number> {
	const options = readOptions(args, { ...command.options, ...HELP_OPTION });
	if (options.has('help')) {
		io.stdout.write(helpOf(command));
		return EXIT_YES;
	}
	return command.run(options, io);
}

function overview(): string {
	const width = Math.max(...COMMANDS.map((command) => wordsOf(command).length));
	return [
		'heddle: pod networks and their policy, on documents alone or on a running datapath',
		'',
		...COMMANDS.map((command) => `  heddle ${wordsOf(command).padEnd(width)}  ${command.summary}`),
		'',
		'heddle COMMAND --help tells the options of each.',
		'',
	].join('\n');
}

/** What is no error of ours is a fault of ours: then the place counts. */
function messageOf(error: unknown): string {
	if (error instanceof HeddleError) {
		return error.message;
	}
	return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
