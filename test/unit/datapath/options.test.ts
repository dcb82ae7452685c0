import { describe, expect, it } from 'vitest';

import { checkOptions } from '../../../lib/datapath/endpoint-options.js';
import { checkDatapathOptions } from '../../../lib/datapath/options.js';

describe('options of a datapath', () => {
	it('have defaults', () => {
		expect(checkDatapathOptions({})).toMatchObject({
			existing: 'adopt',
			expedited: true,
			timeouts: { tcpSyn: 60, tcpEstablished: 8000, tcpClosing: 10, any: 60 },
			sweepIntervalMs: 5000,
			flowHistory: 0,
			maxEntries: { records: 1 },
		});
	});

	it('size the maps that belong together alike', () => {
		const { maxEntries } = checkDatapathOptions({
			pinPath: '/sys/fs/bpf/x',
			capacity: { endpoints: 100, flows: 1001, flowRingBytes: 8192 },
		});
		expect(maxEntries).toEqual({ endpoints: 101, endpoint_counters: 101, flows4: 1001, flows6: 501, events: 8192 });
	});

	it.each([
		[{ pinPath: 'x' }, 'pinPath'],
		[{ existing: 'take' }, 'existing'],
		[{ attachMode: 'xdp' }, 'attachMode'],
		[{ timeouts: { any: 0 } }, 'timeouts.any'],
		[{ capacity: { endpoints: 65_536 } }, 'capacity.endpoints'],
		[{ capacity: { flowRingBytes: 5000 } }, 'capacity.flowRingBytes'],
		[{ capacity: { rules: 1.5 } }, 'capacity.rules'],
		[{ sweepIntervalMs: -1 }, 'sweepIntervalMs'],
		[{ dropEventsPerSecond: NaN }, 'dropEventsPerSecond'],
		[{ aggregation: 3 }, 'aggregation'],
		[{ aggregationIntervalMs: 999 }, 'aggregationIntervalMs'],
		[{ sampling: 1.5 }, 'sampling'],
	])('%j are refused by name', (options, field) => {
		expect(() => checkDatapathOptions(options as never)).toThrow(
			expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', field }),
		);
	});
});

describe('options of an endpoint', () => {
	const TELLING = { aggregation: 'medium', sampling: 10 } as const;
	const good = { name: 'x', labels: { 'k8s:app': 'x' }, addresses: ['10.0.0.1'] };

	it('are made canonical', () => {
		expect(checkOptions({ ...good, labels: ['k8s:b=2', 'a'] }, TELLING)).toMatchObject({
			labels: { 'unspec:a': '', 'k8s:b': '2' },
			enforcement: 'default',
			audit: false,
			...TELLING,
		});
		expect(checkOptions({ ...good, aggregation: 'none', sampling: 1 }, TELLING)).toMatchObject({
			aggregation: 'none',
			sampling: 1,
		});
	});

	it.each([
		[{ name: '' }, 'name'],
		[{ enforcement: 'sometimes' }, 'enforcement'],
		[{ aggregation: 'lowest' }, 'aggregation'],
		[{ sampling: 0 }, 'sampling'],
		[{ sampling: 65_536 }, 'sampling'],
		[{ pod: { name: 'x' } }, 'pod'],
		[{ addresses: [] }, 'addresses'],
		[{ addresses: ['10.0.0.1', '10.0.0.1'] }, 'addresses[1]'],
		[{ labels: { 'k8s:app': 5 } }, "labels['k8s:app']"],
		[{ labels: null }, 'labels'],
	])('%j are refused by name', (wrong, field) => {
		expect(() => checkOptions({ ...good, ...wrong } as never, TELLING)).toThrow(expect.objectContaining({ field }));
	});
});
