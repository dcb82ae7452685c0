export interface BenchOptions {
	readonly full: boolean;
	readonly json: boolean;
	/** Rulers to run; others are skipped. */
	readonly only: ReadonlySet<Ruler>;
	/** Live peers by id; undefined: all. */
	readonly peers: ReadonlySet<string> | undefined;
}

export const rulers = [
	'ipam',
	'flows',
	'history',
	'policy',
	'maps',
	'run',
	'exact',
	'dns',
	'l7',
	'live',
	'told',
	'attach',
	'pods',
] as const;
export type Ruler = (typeof rulers)[number];

const usage = `usage: npm run bench -- [--full] [--json] [--only=${rulers.join(',')}] [--peers=heddle,redirect,…]`;

export function parseOptions(argv: readonly string[]): BenchOptions {
	const given = new Map(argv.map((argument) => argument.split('=', 2) as [string, string | undefined]));
	for (const name of given.keys())
		if (!['--full', '--json', '--only', '--peers'].includes(name))
			throw new Error(`unknown argument ${name}\n${usage}`);
	const peers = given.get('--peers');
	return {
		full: given.has('--full'),
		json: given.has('--json'),
		only: new Set(given.get('--only')?.split(',').map(toRuler) ?? rulers),
		peers: peers === undefined ? undefined : new Set(peers.split(',')),
	};
}

/** A part of the bench does not replace the results of the whole. */
export function isWhole({ only, peers }: BenchOptions): boolean {
	return only.size === rulers.length && peers === undefined;
}

function toRuler(name: string): Ruler {
	const ruler = rulers.find((known) => known === name);
	if (ruler === undefined) throw new Error(`--only: found ${name}, expected ${rulers.join(', ')}`);
	return ruler;
}
