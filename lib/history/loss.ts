import { invalidArgument } from '../errors.js';
import { tryTo } from '../store/sqlite.js';
import type { HistoryFile } from './file.js';

/** Events of a time that no flow tells of. */
export interface FlowLoss {
	/** Nothing is missing before, nothing after. */
	readonly since: Date;
	readonly until: Date;
	/** Events that are known to be missing; after `restart` there may have been more. */
	readonly count: bigint;
	/** 'events': they came too fast; 'restart': for a while nobody wrote them down. */
	readonly cause: 'events' | 'restart';
}

export function isFlowLoss(one: object): one is FlowLoss {
	return 'cause' in one;
}

export interface LossBook {
	within(sinceMs: number, untilMs: number): FlowLoss[];
	/** @throws ERR_INVALID_ARGUMENT */
	add(loss: FlowLoss): void;
}

/** Those that the disk refuses are known until the end of the process. */
export function openLossBook(file: HistoryFile): LossBook {
	const losses = file.losses().flatMap(parse);
	return {
		within: (sinceMs, untilMs) =>
			losses.filter(({ since, until }) => until.getTime() >= sinceMs && since.getTime() <= untilMs),
		add(loss) {
			check(loss);
			losses.push(loss);
			tryTo(() => file.addLoss(JSON.stringify({ ...loss, count: String(loss.count) })));
		},
	};
}

function check({ since, until, count }: FlowLoss): void {
	if (!(since <= until)) {
		throw invalidArgument('since', since, 'a date that is not after until');
	}
	if (typeof count !== 'bigint' || count < 0n) {
		throw invalidArgument('count', count, 'a bigint from 0');
	}
}

/** What is none is left out: flows are worth more than what is said of their gaps. */
function parse(text: string): FlowLoss[] {
	try {
		const { since, until, count, cause } = JSON.parse(text) as Record<keyof FlowLoss, string>;
		const loss = { since: new Date(since), until: new Date(until), count: BigInt(count), cause } as FlowLoss;
		check(loss);
		return [loss];
	} catch {
		return [];
	}
}
