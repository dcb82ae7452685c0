import type { MissingFlow } from '../../explain/coverage.js';
import { describePort } from '../../explain/ports.js';
import { recommend as recommendFrom, type Recommendation } from '../../explain/recommend.js';
import type { Command } from '../command.js';
import { readFlows } from '../flows-input.js';
import { EXIT_NO, EXIT_YES, type Io } from '../io.js';
import { usageError } from '../options.js';
import { tell } from '../output.js';
import { formatOf, OUTPUT_OPTION } from '../shared-options.js';

export const recommend: Command = {
	group: 'policy',
	name: 'recommend',
	summary: 'makes least-privilege policies from observed flows',
	usage: '-f FILE|- [-o table|json|yaml] [--drops] [--replies]',
	description: [
		"Flows are JSON, one a line: heddle's own, or what `hubble observe -o json` prints. Stdout is one CiliumNetworkPolicy",
		'a workload, as YAML; with -o json or yaml an object of documents, coverage and ignored flows.',
		'Exit code 0: the policies allow all observed flows; 1: some they do not (told on stderr); 2: wrong usage, or flows',
		'that cannot be read.',
	].join('\n'),
	options: {
		filename: { short: 'f', value: 'FILE|-', multiple: true, help: 'flows, one a line, - for stdin; may be repeated' },
		drops: { help: 'what was dropped is wanted too' },
		replies: { help: 'an answer stands for the connection that it answers' },
		...OUTPUT_OPTION,
	},
	async run(options, io) {
		const paths = [...options.all('filename'), ...options.positionals];
		if (paths.length === 0) {
			throw usageError('found no flows, expected -f FILE|-');
		}
		const flows = await readFlows(paths, io);
		const result = recommendFrom(flows, { drops: options.has('drops'), replies: options.has('replies') });
		const { documents, coverage, ignored } = result;
		const format = formatOf(options);
		tell(
			io,
			format,
			() => ({ documents, coverage, ignored }),
			() => result.yaml,
		);
		if (format === 'table') {
			tellCoverage(result, io);
		}
		return coverage.missing.length === 0 ? EXIT_YES : EXIT_NO;
	},
};

function tellCoverage({ documents, coverage, ignored }: Recommendation, { stderr }: Io): void {
	const { flows, covered, missing } = coverage;
	stderr.write(`${documents.length} policies allow ${covered} of ${flows} flows\n`);
	missing.forEach((flow) => stderr.write(`not allowed: ${formatMissing(flow)}\n`));
	const reasons = new Map<string, number>();
	ignored.forEach(({ reason }) => reasons.set(reason, (reasons.get(reason) ?? 0) + 1));
	reasons.forEach((count, reason) => stderr.write(`ignored ${count} flows: ${reason}\n`));
}

function formatMissing({ from, to, protocol, port, flows, direction }: MissingFlow): string {
	return `${from} -> ${to} ${describePort(protocol, port)} (${flows} flows), by the ${direction} policy`;
}
