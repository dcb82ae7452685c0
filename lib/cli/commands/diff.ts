import { readDocuments } from '../../documents/parse.js';
import type { AccessChange } from '../../explain/access-change.js';
import { diffDocuments } from '../../explain/diff.js';
import { formatDiff } from '../../explain/format-diff.js';
import type { PolicyIdentity } from '../../rules/policy-identity.js';
import { worldOf } from '../../rules/world.js';
import type { Command } from '../command.js';
import { mergeWorlds } from '../diff-world.js';
import { createNamer } from '../identity-names.js';
import { createReader, type ReadDocuments } from '../inputs.js';
import { createPaint, EXIT_NO, EXIT_YES, type Colour, type Io } from '../io.js';
import { requireValid } from '../issues.js';
import { usageError, type Options } from '../options.js';
import { tell } from '../output.js';
import { formatOf, INPUT_OPTIONS, IP_BLOCKS_OPTION, ipBlocksOf, OUTPUT_OPTION } from '../shared-options.js';

export const diff: Command = {
	group: 'policy',
	name: 'diff',
	summary: 'tells who gains or loses access between two versions of documents',
	usage: 'A B [-f FILE|DIR|-] [-o table|json|yaml]',
	description: [
		'A and B are files, folders or - for stdin; what -f names (pods, namespaces, further policies) counts on both sides.',
		'One line a change: + gained, - lost, ~ passes before and after, but is audited, redirected, or asked something else.',
		'Exit code 0: nobody gains or loses anything; 1: somebody does; 2: wrong usage, or documents that cannot be read or',
		'are wrong.',
	].join('\n'),
	options: { ...INPUT_OPTIONS, ...OUTPUT_OPTION, ...IP_BLOCKS_OPTION },
	async run(options, io) {
		const [a, b] = await readVersions(options, io);
		const world = mergeWorlds(worldOf(a!), worldOf(b!));
		const result = diffDocuments(a!, b!, { identities: world.identities, ipBlocks: ipBlocksOf(options) });
		const nameOf = createNamer(world);
		const painted = createPaint(io);
		const paint = (text: string, kind: AccessChange['kind']) => painted(text, COLOURS[kind]);
		const plainEnd = ({ id, labels }: PolicyIdentity) => ({
			identity: id,
			name: nameOf(id),
			labels: labels.toStrings(),
		});
		tell(
			io,
			formatOf(options),
			() => ({
				equal: result.equal,
				changes: result.changes.map((one) => ({ ...one, from: one.from.map(plainEnd), to: one.to.map(plainEnd) })),
			}),
			() => formatDiff(result, { nameOf: ({ id }) => nameOf(id), paint }),
		);
		return result.equal ? EXIT_YES : EXIT_NO;
	},
};

const COLOURS: Readonly<Record<AccessChange['kind'], Colour>> = { gained: 'green', lost: 'red', changed: 'yellow' };

/** An empty folder, or text, is a version too: nothing was there before, or nothing is after. */
async function readVersions(options: Options, io: Io): Promise<ReadDocuments['documents'][]> {
	if (options.positionals.length !== 2) {
		throw usageError(`found ${options.positionals.length} versions, expected two: A B`);
	}
	const reader = createReader(io, options.has('recursive'));
	const shared = (await Promise.all(options.all('filename').map(reader))).flat();
	const versions = options.positionals.map(async (path) => [...(await reader(path)), ...shared]);
	return (await Promise.all(versions)).map((sources) => requireValid(readDocuments(sources), io));
}
