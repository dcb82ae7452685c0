import type { ProofQuestion } from '../../../../lib/proof/question.js';

/** As a failure shows it. */
export function tellQuestion({ subject, peer, direction, protocol, port }: ProofQuestion) {
	const told = (one: ProofQuestion['peer']) => `${one.id} ${one.labels.toStrings().join(' ')}`;
	return { subject: told(subject), peer: told(peer), direction, protocol, port };
}
