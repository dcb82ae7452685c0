import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));

/** A script of its own process; see there for what it does. */
export const child = join(folder, 'child.cjs');

/** Starts the script and waits for its first line, JSON. */
export async function startChild(
	...parameters: string[]
): Promise<{ process: ChildProcess; line: Record<string, unknown> }> {
	const started = spawn(process.execPath, [child, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
	const line = await new Promise<string>((resolve, reject) => {
		started.stdout.once('data', (data: Buffer) => resolve(data.toString()));
		started.once('exit', (code) => reject(new Error(`child ended with ${code} before it was ready`)));
	});
	return { process: started, line: JSON.parse(line) as Record<string, unknown> };
}

export function ended(started: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
	return new Promise((resolve) => {
		if (started.exitCode !== null || started.signalCode !== null)
			resolve({ code: started.exitCode, signal: started.signalCode });
		else started.once('close', (code, signal) => resolve({ code, signal }));
	});
}
