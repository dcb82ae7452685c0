import { HeddleError } from '../errors.js';
import { helpOf, HELP_OPTION, type Command } from './command.js';
import { diff } from './commands/diff.js';
import { explain } from './commands/explain.js';
import { recommend } from './commands/recommend.js';
import { rows } from './commands/rows.js';
import { validate } from './commands/validate.js';
import { verify } from './commands/verify.js';
import { EXIT_WRONG, EXIT_YES, type Io } from './io.js';
import { readOptions, usageError } from './options.js';
import { packageVersion } from './version.js';

const COMMANDS: readonly Command[] = [validate, rows, explain, diff, verify, recommend];
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
	if (group === undefined || HELP_WORDS.includes(group) || (group === 'policy' && HELP_WORDS.includes(name ?? ''))) {
		const asked = group !== undefined;
		(asked ? io.stdout : io.stderr).write(overview());
		return asked ? EXIT_YES : EXIT_WRONG;
	}
	const names = COMMANDS.map((command) => command.name).join(', ');
	if (group !== 'policy') {
		throw usageError(`found ${JSON.stringify(group)}, expected policy, help or version`);
	}
	const command = COMMANDS.find((each) => each.name === name);
	if (command === undefined) {
		throw usageError(
			`policy: found ${name === undefined ? 'no command' : JSON.stringify(name)}, expected one of ${names}`,
		);
	}
	return runCommand(command, rest, io);
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
	const width = Math.max(...COMMANDS.map(({ name }) => name.length));
	return [
		'heddle: network policy, on documents alone or on a running datapath',
		'',
		...COMMANDS.map(({ name, summary }) => `  heddle policy ${name.padEnd(width)}  ${summary}`),
		'',
		'heddle policy COMMAND --help tells the options of each.',
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
