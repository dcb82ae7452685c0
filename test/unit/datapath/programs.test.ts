import { describe, expect, it } from 'vitest';

import { createPartPrograms } from '../../../lib/datapath/programs.js';
import type { Loaded, PartLoader } from '../../../lib/datapath/programs.js';
import type { BpfProgram } from '../../../lib/native/addon.js';

/** What was asked of it, in order; programs are named, nothing more. */
function recorder({ pinned = false, fails = 0 } = {}) {
	const asked: string[] = [];
	let failures = fails;
	const loaded = (names: readonly string[]): Loaded => ({
		programs: Object.fromEntries(names.map((name) => [name, { name } as unknown as BpfProgram])),
		close: () => asked.push(`close ${names[0]}`),
	});
	const load = (how: string, names: readonly string[]) => {
		asked.push(`${how} ${names.join()}`);
		if (failures-- > 0) {
			throw new Error('refused');
		}
		return loaded(names);
	};
	const loader: PartLoader = {
		open: (names) => (pinned ? load('open', names) : undefined),
		load: async (names) => load('load', names),
		loadNow: (names) => load('now', names),
		pin: (programs) => asked.push(`pin ${Object.keys(programs).join()}`),
	};
	return { asked, parts: createPartPrograms(loader) };
}

const UPLINK = 'from_uplink,early_from_uplink';

describe('programs of a part', () => {
	it('are loaded by who asks first, pinned, and the same for all', async () => {
		const { asked, parts } = recorder();
		const [one, other] = await Promise.all([parts.of('uplink'), parts.of('uplink')]);
		expect(one.from_uplink).toBe(other.from_uplink);
		expect(await parts.of('uplink')).toBe(parts.now('uplink'));
		expect(asked).toEqual([`load ${UPLINK}`, `pin ${UPLINK}`]);
		expect(Object.keys(parts.loaded())).toEqual(UPLINK.split(','));
	});

	it('are opened where they are pinned', async () => {
		const { asked, parts } = recorder({ pinned: true });
		parts.now('uplink');
		await parts.of('uplink');
		expect(asked).toEqual([`open ${UPLINK}`]);
	});

	it('that the kernel refused are asked for again', async () => {
		const { asked, parts } = recorder({ fails: 2 });
		await expect(parts.of('uplink')).rejects.toThrow('refused');
		expect(() => parts.now('uplink')).toThrow('refused');
		await parts.of('uplink');
		expect(asked.at(-1)).toBe(`pin ${UPLINK}`);
	});

	it('that come when all is closed go at once', async () => {
		const { asked, parts } = recorder();
		const coming = parts.of('proxy');
		parts.close();
		await expect(coming).rejects.toMatchObject({ code: 'ERR_CLOSED' });
		expect(asked).toEqual(['load from_proxy,to_proxy', 'close from_proxy']);
		expect(parts.loaded()).toEqual({});
	});
});
