import { setImmediate } from 'node:timers/promises';
import type { Flow } from '../flows/flow.js';
import { segmentFlows } from './query.js';
import type { QueryPlan } from './query.js';
import type { Segment } from './segment.js';

/** Opens a segment once its turn comes; undefined when it was dropped meanwhile. */
export type OpenSegment = () => Segment | undefined;

/** Between two segments others get their turn. */
export async function* readFlows(segments: readonly OpenSegment[], plan: QueryPlan): AsyncGenerator<Flow> {
	if (plan.last !== undefined) {
		yield* await newestFlows(segments, plan, plan.last);
		return;
	}
	let left = plan.first;
	for (const open of segments) {
		for (const flow of flowsOf(open, plan, false)) {
			yield flow;
			if (--left === 0) {
				return;
			}
		}
		await setImmediate();
	}
}

async function newestFlows(segments: readonly OpenSegment[], plan: QueryPlan, count: number): Promise<Flow[]> {
	const flows: Flow[] = [];
	for (const open of segments.toReversed()) {
		for (const flow of flowsOf(open, plan, true)) {
			flows.push(flow);
			if (flows.length === count) {
				return flows.reverse();
			}
		}
		await setImmediate();
	}
	return flows.reverse();
}

function flowsOf(open: OpenSegment, plan: QueryPlan, fromNewest: boolean): Iterable<Flow> {
	const segment = open();
	return segment === undefined ? [] : segmentFlows(segment, plan, fromNewest);
}
