/** What endpoints and addresses cost: time to attach, memory to hold. */
import { createNamespace } from '../live/topology.js';
import { type Child, startChild } from '../support/child.js';
import type { BenchContext } from '../support/context.js';
import { summarize } from '../support/statistics.js';
import type { BulkCost } from './attach-host.js';
import type { Memory } from './memory.js';

const alone = 24;
const bulk = 1000;
const addresses = 1_000_000;

export async function runAttach(context: BenchContext): Promise<void> {
	const { cleanup, say } = context;
	const pods = await createNamespace(cleanup, 'attach-p');
	const host = await createNamespace(cleanup, 'attach-h');
	const child = startChild(new URL('./attach-host.ts', import.meta.url), {
		namespace: host,
		execArgv: ['--expose-gc', '--max-old-space-size=4096'],
	});
	cleanup.add(() => child.stop());
	await child.call('open', addresses);
	say(`attach: making ${alone + bulk} interfaces`);
	await child.call('prepare', { podNamespace: pods, first: 0, count: alone + bulk });
	await measureAlone(context, child, pods);
	await measureBulk(context, child, pods);
	await measureAddresses(context, child);
}

async function measureAlone({ results, say }: BenchContext, child: Child, podNamespace: string): Promise<void> {
	say(`attach: ${alone} one by one`);
	const times = await child.call<number[]>('attachAlone', { podNamespace, first: 0, count: alone });
	results.add('attach_alone_ms', 'ms', summarize(times), 'one attach call, programs loaded');
}

async function measureBulk({ results, say }: BenchContext, child: Child, podNamespace: string): Promise<void> {
	say(`attach: ${bulk} in one call`);
	const cost = await child.call<BulkCost>('attachBulk', { podNamespace, first: alone, count: bulk });
	const { kernel, process } = cost.memory;
	results.add('attach_bulk_ms', 'ms', cost.ms / bulk, `each of ${bulk} in one attachMany call`);
	results.add('endpoint_kernel_bytes', 'bytes', kernel / bulk + cost.preallocated, 'slab, per-CPU and vmalloc memory');
	results.add('endpoint_js_bytes', 'bytes', process / bulk, 'heap after collection');
	results.fact(`slab bytes an endpoint, by cache: ${cost.slabs.join(', ')}`);
	results.add('endpoint_bytes', 'bytes', (kernel + process) / bulk + cost.preallocated, 'kernel + JS; 100 identities');
}

async function measureAddresses({ results, say }: BenchContext, child: Child): Promise<void> {
	say(`attach: ${addresses.toLocaleString('en')} addresses`);
	const { kernel, process, ms } = await child.call<Memory & { ms: number }>('assignAddresses', addresses);
	results.add('address_kernel_bytes', 'bytes', kernel / addresses);
	results.add('address_js_bytes', 'bytes', process / addresses);
	results.add('address_bytes', 'bytes', (kernel + process) / addresses, 'kernel + JS, assigned to one identity');
	results.add('address_assign_us', 'µs', (ms * 1000) / addresses, 'assignMany, 50 000 a call');
}
