import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs a command of the system; the error carries what it said. */
export async function run(command: string, ...args: string[]): Promise<string> {
	try {
		const { stdout } = await execute(command, args, { maxBuffer: 1 << 26, timeout: 120_000 });
		return stdout;
	} catch (error) {
		const { stderr, message } = error as { stderr?: string; message: string };
		throw new Error(`${command} ${args.join(' ')}: ${stderr?.trim() || message}`);
	}
}

/** The same with text on standard input. */
export async function feed(text: string, command: string, ...args: string[]): Promise<void> {
	const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'], timeout: 120_000 });
	let said = '';
	child.stderr.on('data', (data: Buffer) => (said += data.toString()));
	child.stdin.on('error', () => undefined);
	child.stdin.end(text);
	const code = await new Promise<number | null>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', resolve);
	});
	if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${said.trim() || `exit code ${code}`}`);
}

/** Undefined when the command is not there or fails. */
export async function tryRun(command: string, ...args: string[]): Promise<string | undefined> {
	return run(command, ...args).catch(() => undefined);
}
