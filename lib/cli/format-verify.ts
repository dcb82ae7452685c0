import { describePort, describeSpan } from '../explain/ports.js';
import type { Reason } from '../proof/question.js';
import type { Counterexample, VerifyResult } from '../proof/verify-result.js';

export interface VerifyFormatOptions {
	readonly nameOf: (identity: number) => string;
	readonly paint: (text: string, colour: 'green' | 'red') => string;
}

export function formatVerify(result: VerifyResult, { nameOf, paint }: VerifyFormatOptions): string {
	const { ok, checked, classes, wrong, counterexamples, stale } = result;
	const head = ok ? paint('VERIFIED', 'green') : paint('DIFFERENT', 'red');
	const more = wrong > counterexamples.length ? [`(and ${wrong - counterexamples.length} more)`] : [];
	return [
		`${head}  ${checked} questions of ${classes} classes, ${wrong} counterexamples, ${stale.length} stale entries`,
		...counterexamples.map((one) => formatCounterexample(one, nameOf)),
		...more,
		...stale.map(
			({ set, direction, identity }) => `stale: set ${set} ${direction} has an entry for identity ${identity}`,
		),
		'',
	].join('\n');
}

function formatCounterexample(one: Counterexample, nameOf: (identity: number) => string): string {
	const { subject, peer, peersAlike, direction, protocol, port, endPort, expected, found, reasons, rule = [] } = one;
	const ports = port === endPort ? describePort(protocol, port) : describeSpan({ protocol, port, endPort });
	const alike = peersAlike === 1 ? '' : ` (and ${peersAlike - 1} alike)`;
	const way = direction === 'ingress' ? 'from' : 'to';
	return [
		`${direction} of ${nameOf(subject)} ${way} ${nameOf(peer)}${alike}, ${ports}: found ${found}, expected ${expected}`,
		...reasons.map((reason) => `\tthe documents: ${formatReason(reason)}`),
		...rule.map((reason) => `\tthe tables: ${formatReason(reason)}`),
	].join('\n');
}

function formatReason({ document, path }: Reason): string {
	return `${document} ${path}`;
}
