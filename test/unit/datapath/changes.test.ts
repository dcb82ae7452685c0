import { describe, expect, it } from 'vitest';

import { createChanges } from '../../../lib/datapath/changes.js';

function start() {
	const log: string[] = [];
	const changes = createChanges(
		() => log.push('epoch'),
		() => undefined,
	);
	changes.beforeCommit(() => void log.push('policy'));
	return { log, changes };
}

describe('a change', () => {
	it('commits policy first, then what waits for it, then what that leaves of policy, and raises the epoch once', () => {
		const { log, changes } = start();
		const result = changes.run(() => {
			changes.last(() => void log.push('last'));
			changes.later(() => void log.push('later'));
			changes.after(() => void log.push('after'));
			changes.run(() => void log.push('inner'));
			return 7;
		});
		expect(result).toBe(7);
		expect(log).toEqual(['inner', 'policy', 'later', 'last', 'policy', 'after', 'epoch']);
	});

	it('that throws is undone, the last step first, and commits nothing', () => {
		const { log, changes } = start();
		const failing = () =>
			changes.run(() => {
				changes.undo(() => void log.push('undo 1'));
				changes.undo(() => void log.push('undo 2'));
				changes.later(() => void log.push('later'));
				throw new Error('no');
			});
		expect(failing).toThrow('no');
		expect(log).toEqual(['undo 2', 'undo 1', 'epoch']);
	});

	it('whose commit throws is undone, and policy is written again as it was', () => {
		const { log, changes } = start();
		expect(() =>
			changes.run(() => {
				changes.undo(() => void log.push('undo'));
				changes.later(() => {
					throw new Error('full');
				});
			}),
		).toThrow('full');
		expect(log).toEqual(['policy', 'undo', 'policy', 'epoch']);
	});

	it('inside another is undone alone when the other goes on', () => {
		const { log, changes } = start();
		changes.run(() => {
			changes.undo(() => void log.push('undo outer'));
			try {
				changes.run(() => {
					changes.undo(() => void log.push('undo inner'));
					changes.later(() => void log.push('later inner'));
					throw new Error('inner');
				});
			} catch {
				log.push('caught');
			}
			changes.later(() => void log.push('later outer'));
		});
		expect(log).toEqual(['undo inner', 'caught', 'policy', 'later outer', 'policy', 'epoch']);
	});

	it('that failed leaves nothing for the next', () => {
		const { log, changes } = start();
		expect(() =>
			changes.run(() => {
				changes.later(() => void log.push('stale'));
				throw new Error('no');
			}),
		).toThrow();
		log.length = 0;
		changes.run(() => undefined);
		expect(log).toEqual(['policy', 'policy', 'epoch']);
	});

	it('that is only previewed is undone, and raises no epoch', () => {
		const { log, changes } = start();
		const answer = changes.preview(() => {
			changes.undo(() => void log.push('undo'));
			changes.later(() => void log.push('later'));
			return 7;
		});
		expect({ answer, log }).toEqual({ answer: 7, log: ['undo'] });
		expect(() => changes.run(() => changes.preview(() => 1))).toThrow(expect.objectContaining({ code: 'ERR_IN_USE' }));
	});

	it('does not wait for promises: it refuses them', () => {
		const { changes } = start();
		expect(() => changes.run(async () => undefined)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }));
	});
});
