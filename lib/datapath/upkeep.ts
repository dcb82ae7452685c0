import type { Attacher } from './attach.js';
import type { Core } from './core.js';
import type { EndpointRegistry } from './endpoint-registry.js';
import { syncHostAddresses } from './host-addresses.js';
import type { PolicyControl } from './policies.js';
import type { PolicyTables } from './policy-tables.js';
import type { UplinkControl } from './uplinks.js';

/** What must be looked at now and then; nothing that a packet waits for. */
export interface Upkeep {
	/** One round, now. */
	run(): Promise<void>;
	/** No more rounds; resolves once the last is over. */
	stop(): Promise<void>;
}

export interface UpkeepParts {
	readonly core: Core;
	readonly attacher: Attacher;
	readonly registry: EndpointRegistry;
	readonly uplinks: Pick<UplinkControl, 'refresh' | 'size'>;
	readonly tables: PolicyTables;
	readonly policies: Pick<PolicyControl, 'expire'>;
	readonly intervalMs: number;
}

export function startUpkeep({ core, attacher, registry, uplinks, tables, policies, intervalMs }: UpkeepParts): Upkeep {
	let running: Promise<void> | undefined;
	const timer = intervalMs === 0 ? undefined : setInterval(() => void run().catch(() => undefined), intervalMs);
	timer?.unref();

	async function round(): Promise<void> {
		tables.purge();
		policies.expire(Date.now());
		syncHostAddresses(core);
		if (registry.size + uplinks.size > 0) {
			const present = new Map(core.netlink.links().map((link) => [link.ifindex, link]));
			await uplinks.refresh(present);
			await attacher.reap((ifindex) => present.has(ifindex));
		}
		await core.programs.sweep.testRunAsync({});
	}

	function run(): Promise<void> {
		running ??= round().finally(() => (running = undefined));
		return running;
	}

	return {
		run,
		async stop() {
			clearInterval(timer);
			await running?.catch(() => undefined);
		},
	};
}
