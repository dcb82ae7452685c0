import type { Attacher } from './attach.js';
import type { Core } from './core.js';
import type { EndpointRegistry } from './endpoint-registry.js';
import { syncHostAddresses } from './host-addresses.js';
import type { PolicyControl } from './policies.js';
import type { PolicyTables } from './policy-tables.js';
import type { UplinkControl } from './uplinks.js';

/** What must be looked at now and then; nothing that a packet waits for. */
export interface Upkeep {
	/** Brings what the kernel knows of the host's addresses up to date, if they changed. */
	noticeAddresses(): void;
	/** One round, now. */
	run(): Promise<void>;
	/** No more rounds; resolves once the last is over. */
	stop(): Promise<void>;
}

export interface UpkeepParts {
	readonly core: Core;
	readonly attacher: Attacher;
	readonly registry: EndpointRegistry;
	readonly uplinks: Pick<UplinkControl, 'refreshAddresses' | 'reap' | 'size'>;
	readonly tables: PolicyTables;
	readonly policies: Pick<PolicyControl, 'expire'>;
	readonly intervalMs: number;
}

export function startUpkeep({ core, attacher, registry, uplinks, tables, policies, intervalMs }: UpkeepParts): Upkeep {
	let running: Promise<void> | undefined;
	let linksWent = false;
	const timer = intervalMs === 0 ? undefined : setInterval(() => void run().catch(() => undefined), intervalMs);
	timer?.unref();

	function noticeAddresses(): void {
		const { addresses, links } = core.netlink.changes();
		linksWent ||= links;
		if (addresses) {
			syncHostAddresses(core);
		}
	}

	async function round(): Promise<void> {
		tables.purge();
		policies.expire(Date.now());
		noticeAddresses();
		if (uplinks.size > 0) {
			uplinks.refreshAddresses();
		}
		if (linksWent && registry.size + uplinks.size > 0) {
			linksWent = false;
			const present = new Set(core.netlink.links().map((link) => link.ifindex));
			await uplinks.reap((ifindex) => present.has(ifindex));
			await attacher.reap((ifindex) => present.has(ifindex));
		}
		await core.programs.sweep.testRunAsync({});
	}

	function run(): Promise<void> {
		running ??= round().finally(() => (running = undefined));
		return running;
	}

	return {
		noticeAddresses,
		run,
		async stop() {
			clearInterval(timer);
			await running?.catch(() => undefined);
		},
	};
}
