import type { Changes } from '../datapath/changes.js';
import type { LearnedNames } from '../datapath/learned-names.js';
import type { DnsAnswer } from './dns-answer.js';

/**
 * One change for all; answers that cannot be learned are returned: a full map must not hold up the others, and nobody is
 * told of an address that policy does not know.
 */
export function learnAnswers(names: LearnedNames, changes: Changes, answers: readonly DnsAnswer[]): Set<DnsAnswer> {
	try {
		changes.run(() => answers.forEach((answer) => learn(names, answer)));
		return new Set();
	} catch {
		return new Set(answers.filter((answer) => !succeeds(() => learn(names, answer))));
	}
}

function learn(names: LearnedNames, { name, addresses }: DnsAnswer): void {
	for (const { address, ttl } of addresses) {
		names.learn(name, [address], { ttlSeconds: ttl });
	}
}

function succeeds(work: () => void): boolean {
	try {
		work();
		return true;
	} catch {
		return false;
	}
}
