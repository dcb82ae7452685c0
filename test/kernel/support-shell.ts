import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One shell for all lines: what they define and start in the background is there for the next ones. */
export interface Shell {
	/** What they said, on either output. @throws with that, where one of them failed: the shell has ended then */
	run(lines: string): Promise<string>;
	close(): Promise<void>;
}

/** @param first lines before all others */
export function openShell(folder: string, env: NodeJS.ProcessEnv, first: string): Shell {
	const child = spawn('sh', ['-e'], { cwd: folder, env, stdio: ['pipe', 'pipe', 'ignore'] });
	const ended = once(child, 'close');
	let said = '';
	let count = 0;
	child.stdout.on('data', (part: Buffer) => (said += part.toString()));
	// A shell that has ended says so by its end.
	child.stdin.on('error', () => undefined);
	child.stdin.write(`exec 2>&1\n${first}\n`);
	return {
		async run(lines) {
			const name = `lines-${++count}.sh`;
			const mark = `== end of ${name}`;
			writeFileSync(join(folder, name), lines);
			said = '';
			child.stdin.write(`. ./${name} </dev/null\necho '${mark}'\n`);
			await Promise.race([ended, seen(() => said.includes(mark))]);
			if (!said.includes(mark)) {
				throw new Error(`found that a command failed, expected none:\n${said}`);
			}
			return said.slice(0, said.indexOf(mark));
		},
		async close() {
			child.stdin.end();
			await ended;
		},
	};

	async function seen(isThere: () => boolean): Promise<void> {
		while (!isThere() && child.exitCode === null) {
			await once(child.stdout, 'data');
		}
	}
}
