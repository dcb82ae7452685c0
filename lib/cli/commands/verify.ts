import { tablesOf } from '../../policy/lookup.js';
import { peerEntriesOf } from '../../proof/table-spreads.js';
import type { VerifyResult } from '../../proof/verify-result.js';
import { verifyTables } from '../../proof/verify.js';
import { isEndpoint } from '../../explain/ends.js';
import type { Command } from '../command.js';
import { compileWorld, type CompiledWorld } from '../compiled.js';
import { formatVerify } from '../format-verify.js';
import { createNamer } from '../identity-names.js';
import { readInputs } from '../inputs.js';
import { createPaint, EXIT_NO, EXIT_YES, type Io } from '../io.js';
import { requireValid } from '../issues.js';
import { openLive } from '../live.js';
import { usageError, type Options } from '../options.js';
import { tell } from '../output.js';
import { formatOf, INPUT_OPTIONS, IP_BLOCKS_OPTION, ipBlocksOf, OUTPUT_OPTION, PIN_OPTION } from '../shared-options.js';

export const verify: Command = {
	group: 'policy',
	name: 'verify',
	summary: 'holds compiled tables, or those of a running datapath, against what the documents say',
	usage: '-f FILE|DIR|- | --pin PATH [-o table|json|yaml]',
	description: [
		'Every class of identities, protocol, interval of ports and direction is asked of the tables and of an evaluator that',
		'shares no code with the compiler. With --pin the tables are those in the kernel.',
		'Exit code 0: they agree; 1: there are counterexamples; 2: wrong usage, or documents that cannot be read or are wrong.',
	].join('\n'),
	options: { ...INPUT_OPTIONS, ...PIN_OPTION, ...OUTPUT_OPTION, ...IP_BLOCKS_OPTION },
	async run(options, io) {
		const { result, nameOf } = await (options.has('pin') ? ofDatapath(options) : ofDocuments(options, io));
		tell(
			io,
			formatOf(options),
			() => result,
			() => formatVerify(result, { nameOf, paint: createPaint(io) }),
		);
		return result.ok ? EXIT_YES : EXIT_NO;
	},
};

interface Told {
	readonly result: VerifyResult;
	readonly nameOf: (identity: number) => string;
}

async function ofDocuments(options: Options, io: Io): Promise<Told> {
	const documents = requireValid(await readInputs(options, io), io);
	const compiled = compileWorld(documents, ipBlocksOf(options));
	return { result: verifyCompiled(compiled), nameOf: createNamer(compiled.world) };
}

async function ofDatapath(options: Options): Promise<Told> {
	if (options.all('filename').length + options.positionals.length > 0) {
		throw usageError('found documents and --pin, expected one of them');
	}
	const live = await openLive(options.get('pin')!);
	try {
		const result = live.verify();
		const told = result.counterexamples.flatMap(({ subject, peer }) => [subject, peer]);
		// Closed by the time it is told.
		const names = new Map(
			[...told, ...result.stale.map(({ identity }) => identity)].map((id) => [id, live.nameOf(id)]),
		);
		return { result, nameOf: (id) => names.get(id) ?? `identity ${id}` };
	} finally {
		await live.close();
	}
}

/** Of identities that no policy was found to select, too: they have no set, which must be what the documents say. */
function verifyCompiled({ documents, world, context, compiled }: CompiledWorld): VerifyResult {
	const { image, subjects } = compiled;
	const noSet = Math.max(0, ...image.sets.keys()) + 1;
	const { origins } = context;
	return verifyTables({
		documents,
		services: world.services,
		ipBlocks: context.ipBlocks,
		identities: world.identities,
		subjects: world.identities
			.filter(({ id, labels }) => subjects.has(id) || isEndpoint(labels))
			.map((identity) => ({ identity, set: subjects.get(identity.id)?.set ?? noSet })),
		tables: tablesOf(image),
		peers: peerEntriesOf(image),
		rulesOf: (cookie) => origins.parts(cookie).flatMap((part) => origins.get(part) ?? []),
	});
}
