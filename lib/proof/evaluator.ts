import { readDirect } from './direct-reading.js';
import { judge } from './judge.js';
import type { Judgement, ProofQuestion, ProofWorld } from './question.js';
import { readingsOf } from './readings.js';
import { covers, namesAtDestination, type Reading, type Statement } from './statement.js';

export interface Evaluator {
	readonly readings: readonly Reading[];
	judge(question: ProofQuestion): Judgement;
}

/**
 * The oracle: what documents mean for one packet, read from their own definitions, one sentence after the other. It
 * shares no code with the compiler, on purpose, and must stay obvious rather than fast.
 */
export function evaluateDocuments(world: ProofWorld, question: ProofQuestion): Judgement {
	return createEvaluator(world).judge(question);
}

/** For many questions of one world: the documents are read once. */
export function createEvaluator(world: ProofWorld): Evaluator {
	const readings = readingsOf(world);
	return {
		readings,
		judge(question) {
			const { subject, direction, enforcement = 'default' } = question;
			const own = [...readings, readDirect(world.direct?.(subject.id) ?? [], subject.id)];
			const meant = own.filter((reading) => reading.appliesTo(subject));
			return judge({
				statements: meant.flatMap(({ statements }) => statements.filter((one) => speaks(one, question))),
				isolating: meant.filter(({ isolates }) => isolates[direction]),
				enforcement,
			});
		},
	};
}

function speaks(statement: Statement, { subject, peer, direction, protocol, port }: ProofQuestion): boolean {
	const names = namesAtDestination(direction, subject, peer);
	return (
		statement.direction === direction &&
		statement.portsAt(names).some((spread) => covers(spread, protocol, port)) &&
		statement.speaksOfPeer(peer)
	);
}
