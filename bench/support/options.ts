export interface BenchOptions {
	readonly full: boolean;
	readonly json: boolean;
	/** Rulers to run; others are skipped. */
	readonly only: ReadonlySet<Ruler>;
}

export const rulers = ['maps', 'run', 'live', 'attach'] as const;
export type Ruler = (typeof rulers)[number];

const usage = `usage: npm run bench [-- --full] [-- --json] [-- --only=${rulers.join(',')}]`;

export function parseOptions(argv: readonly string[]): BenchOptions {
	let full = false;
	let json = false;
	let only: readonly Ruler[] = rulers;
	for (const argument of argv) {
		if (argument === '--full') full = true;
		else if (argument === '--json') json = true;
		else if (argument.startsWith('--only=')) only = argument.slice('--only='.length).split(',').map(toRuler);
		else throw new Error(`unknown argument ${argument}\n${usage}`);
	}
	return { full, json, only: new Set(only) };
}

function toRuler(name: string): Ruler {
	const ruler = rulers.find((known) => known === name);
	if (ruler === undefined) throw new Error(`--only: found ${name}, expected ${rulers.join(', ')}`);
	return ruler;
}
