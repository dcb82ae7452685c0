import type { SubjectPolicy } from '../../policy/compile-documents.js';
import { formatRows } from '../../policy/format-rows.js';
import { protocolName } from '../../policy/protocols.js';
import type { RuleRow } from '../../policy/row.js';
import type { Origins } from '../../rules/origins.js';
import type { Command } from '../command.js';
import { compileWorld, hasSubjects } from '../compiled.js';
import { createNamer } from '../identity-names.js';
import { readInputs } from '../inputs.js';
import { EXIT_YES } from '../io.js';
import { requireValid, tellWarnings } from '../issues.js';
import { tell } from '../output.js';
import { formatOf, INPUT_OPTIONS, IP_BLOCKS_OPTION, ipBlocksOf, OUTPUT_OPTION } from '../shared-options.js';

export const rows: Command = {
	group: 'policy',
	name: 'rows',
	summary: 'tells what policies are compiled to, row by row',
	usage: '-f FILE|DIR|- [-o table|json|yaml] [--ip-blocks external|endpoints]',
	description: [
		'For every identity of pods and nodes among the documents that a policy selects: its defaults, and its rows with',
		'the document, the rule and the line that they come from.',
		'Exit code 0: done; 2: wrong usage, or documents that cannot be read or are wrong.',
	].join('\n'),
	options: { ...INPUT_OPTIONS, ...OUTPUT_OPTION, ...IP_BLOCKS_OPTION },
	async run(options, io) {
		const documents = requireValid(await readInputs(options, io), io);
		const { world, compiled, context } = compileWorld(documents, ipBlocksOf(options));
		if (hasSubjects(documents)) {
			tellWarnings(compiled.warnings, io);
		}
		const labels = new Map(world.identities.map((identity) => [identity.id, identity.labels]));
		const subjects = [...compiled.subjects.values()];
		const nameOf = createNamer(world);
		tell(
			io,
			formatOf(options),
			() => ({
				subjects: subjects.map((subject) => plainSubject(subject, nameOf, context.origins)),
				identities: world.identities.map(({ id, labels: own }) => ({
					identity: id,
					name: nameOf(id),
					labels: own.toStrings(),
				})),
			}),
			() => formatRows(subjects, (id) => labels.get(id), context.origins),
		);
		return EXIT_YES;
	},
};

function plainSubject(subject: SubjectPolicy, nameOf: (identity: number) => string, origins: Origins) {
	const { identity, set, defaults } = subject;
	return { identity, name: nameOf(identity), set, defaults, rows: subject.rows.map((row) => plainRow(row, origins)) };
}

function plainRow({ protocol, ...row }: RuleRow, origins: Origins) {
	const rules = origins.parts(row.cookie).flatMap((cookie) => origins.get(cookie) ?? []);
	return { ...row, protocol: protocolName(protocol), rules };
}
