import { HeddleError } from '../errors.js';

/** Makes several writes one change: all or nothing, one epoch. */
export interface Changes {
	/** Nests; the outermost commits. @throws what the body threw, after everything was put back. */
	run<T>(body: () => T): T;
	/** How to put back what was just done. */
	undo(step: () => void): void;
	/** Runs at commit, after policy has been written: for what must not be seen before its policy. */
	later(step: () => void): void;
	/** Runs at commit after the later steps, before policy is written again: for what must stay until its successor is there. */
	last(step: () => void): void;
	/** Runs once the change stands; must not fail. */
	after(step: () => void): void;
	/** Runs at every commit, before and after the later steps. */
	beforeCommit(hook: () => void): void;
	/** Runs when a change is over, whether it stands or not. */
	onEnd(listener: () => void): void;
	/** What `body` answers after its changes, which are then undone: nothing is written. Not within a change. */
	preview<T>(body: () => T): T;
}

export function createChanges(bumpEpoch: () => void, assertOpen: () => void): Changes {
	const hooks: (() => void)[] = [];
	const endListeners: (() => void)[] = [];
	const undoSteps: (() => void)[] = [];
	const laterSteps: (() => void)[] = [];
	const lastSteps: (() => void)[] = [];
	const afterSteps: (() => void)[] = [];
	let depth = 0;

	function rollBack(mark: number): void {
		while (undoSteps.length > mark) {
			undoSteps.pop()?.();
		}
	}

	function runHooks(): void {
		for (const hook of hooks) {
			hook();
		}
	}

	function commit(): void {
		runHooks();
		if (laterSteps.length + lastSteps.length > 0) {
			for (const step of [...laterSteps.splice(0), ...lastSteps.splice(0)]) {
				step();
			}
		}
		runHooks();
		if (afterSteps.length > 0) {
			afterSteps.splice(0).forEach((step) => step());
		}
	}

	function preview<T>(body: () => T): T {
		assertOpen();
		if (depth > 0) {
			throw new HeddleError('ERR_IN_USE', 'plan: found a transaction under way, expected none');
		}
		depth++;
		try {
			return body();
		} finally {
			[laterSteps, lastSteps, afterSteps].forEach((steps) => (steps.length = 0));
			rollBack(0);
			depth--;
		}
	}

	function run<T>(body: () => T): T {
		assertOpen();
		const undoMark = undoSteps.length;
		const laterMark = laterSteps.length;
		const lastMark = lastSteps.length;
		const afterMark = afterSteps.length;
		const outermost = depth === 0;
		let committing = false;
		depth++;
		try {
			const result = body();
			refusePromise(result);
			if (outermost) {
				committing = true;
				commit();
			}
			return result;
		} catch (error) {
			laterSteps.length = Math.min(laterSteps.length, laterMark);
			lastSteps.length = Math.min(lastSteps.length, lastMark);
			afterSteps.length = Math.min(afterSteps.length, afterMark);
			rollBack(undoMark);
			if (committing) {
				// Policy may have been written already: what is to be there is now what was there before.
				runHooks();
			}
			throw error;
		} finally {
			depth--;
			if (outermost) {
				undoSteps.length = 0;
				endListeners.forEach((listener) => listener());
				// Also after a failure: a packet may have been judged in between.
				bumpEpoch();
			}
		}
	}

	return {
		run,
		undo: (step) => void undoSteps.push(step),
		later: (step) => void laterSteps.push(step),
		last: (step) => void lastSteps.push(step),
		after: (step) => void afterSteps.push(step),
		beforeCommit: (hook) => void hooks.push(hook),
		onEnd: (listener) => void endListeners.push(listener),
		preview,
	};
}

function refusePromise(result: unknown): void {
	if (typeof (result as { then?: unknown } | undefined)?.then === 'function') {
		throw new HeddleError(
			'ERR_INVALID_ARGUMENT',
			'transaction: found an async function, expected one that returns when it is done',
		);
	}
}
