/** Where a command reads and writes: the process's own, or a test's. */
export interface Io {
	readonly stdin: AsyncIterable<string | Uint8Array>;
	readonly stdout: Output;
	readonly stderr: Output;
	readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Output {
	write(text: string): unknown;
	readonly isTTY?: boolean;
}

/** What scripts go by. */
export const EXIT_YES = 0;
/** The answer is no: issues, differences, a denial, counterexamples. */
export const EXIT_NO = 1;
/** Wrong usage, or input that cannot be read. */
export const EXIT_WRONG = 2;

export type Colour = 'red' | 'green' | 'yellow' | 'magenta' | 'cyan';

export type Paint = (text: string, colour: Colour) => string;

const CODES: Readonly<Record<Colour, number>> = { red: 31, green: 32, yellow: 33, magenta: 35, cyan: 36 };

/** On terminals only, and not where NO_COLOR is set to anything (no-color.org). */
export function createPaint({ stdout, env }: Io, when: 'auto' | 'always' | 'never' = 'auto'): Paint {
	const noColour = env['NO_COLOR'];
	const unfit = stdout.isTTY !== true || (noColour !== undefined && noColour !== '') || env['TERM'] === 'dumb';
	const plain = when === 'never' || (when === 'auto' && unfit);
	return (text, colour) => (plain ? text : `\u001b[${CODES[colour]}m${text}\u001b[0m`);
}
