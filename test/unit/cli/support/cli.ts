import { run } from '../../../../lib/cli/run.js';

export interface Ran {
	readonly code: number;
	readonly out: string;
	readonly err: string;
}

export interface RunOptions {
	readonly stdin?: string;
	readonly isTTY?: boolean;
	readonly env?: Readonly<Record<string, string>>;
}

/** `heddle …`, in this process. */
export async function heddle(
	args: readonly string[],
	{ stdin = '', isTTY = false, env = {} }: RunOptions = {},
): Promise<Ran> {
	const texts = { out: '', err: '' };
	const code = await run(args, {
		stdin: input(stdin),
		stdout: { isTTY, write: (text) => (texts.out += text) },
		stderr: { isTTY, write: (text) => (texts.err += text) },
		env,
	});
	return { code, ...texts };
}

/** In pieces, the last of which end within a character. */
async function* input(text: string): AsyncGenerator<Uint8Array> {
	const bytes = new TextEncoder().encode(text);
	for (let i = 0; i < bytes.length; i += 7) {
		yield bytes.subarray(i, i + 7);
	}
}

export const WALKTHROUGH = 'examples/multi-network';
