/** The HTTP proxy of rules.http against nginx and haproxy with the same rule, client and server in namespaces. */
import { removeLeftovers } from '../live/topology.js';
import type { BenchContext } from '../support/context.js';
import type { Contender, ContenderSpec } from './contender.js';
import { haproxy } from './contenders/haproxy.js';
import { direct, heddle } from './contenders/heddle.js';
import { nginx } from './contenders/nginx.js';
import { assertRule } from './load.js';
import { measureBeside } from './beside.js';
import { type Figures, measureRound } from './rounds.js';
import { report } from './report.js';

const contenders: readonly ContenderSpec[] = [direct, heddle, nginx, haproxy];

export async function runL7(context: BenchContext): Promise<void> {
	await removeLeftovers();
	const up = await createAll(context);
	const figures = await interleave(context, up);
	report(context, up, figures);
	const [without, beside] = [direct, heddle].map(({ id }) => up.find((each) => each.id === id));
	if (without === undefined || beside === undefined) throw new Error('heddle itself was left out');
	await measureBeside(context, without, beside);
	await assertRule(beside);
}

/** A peer that is not installed leaves the others standing. */
async function createAll({ cleanup, cpu, results, say }: BenchContext): Promise<Contender[]> {
	const up: Contender[] = [];
	for (const spec of contenders) {
		say(`l7: setting up ${spec.title}`);
		try {
			const contender = await spec.create(cleanup, cpu);
			results.fact(`l7, ${contender.title}: ${contender.size}`);
			up.push(contender);
		} catch (error) {
			results.gap(`l7, ${spec.title}: ${String(error)}`);
			say(`l7: ${spec.title} left out: ${String(error)}`);
		}
	}
	return up;
}

/** Every second round backwards: none always follows the same other. */
async function interleave(context: BenchContext, up: readonly Contender[]): Promise<Figures[]> {
	const rounds = context.full ? 15 : 6;
	const measured: Figures[] = [];
	for (const each of up) await assertRule(each);
	for (let round = 0; round < rounds && !context.cleanup.interrupted; round++) {
		context.say(`l7: round ${round + 1} of ${rounds}`);
		measured.push(await measureRound(round % 2 ? [...up].reverse() : up, heddle.id));
		for (const each of up) await assertRule(each);
	}
	return measured;
}
