import { wrapNativeAsync } from '../errors.js';
import { attach as attachPrograms, detach as detachPrograms } from '../native/addon.js';
import type { Link } from '../native/addon.js';
import type { Core } from '../datapath/core.js';
import type { ProxyNamespace, ProxyWire } from './namespace.js';

/** A wire with the programs at both its ends. */
export interface LiveWire {
	readonly wire: ProxyWire;
	readonly links: readonly Link[];
}

export async function attachWire(core: Core, namespace: ProxyNamespace, network: number): Promise<LiveWire> {
	const programs = await core.parts.of('proxy');
	const wire = namespace.addWire(network);
	const links: Link[] = [];
	const { attachMode: mode } = core;
	try {
		const inside = { program: programs.to_proxy, ifindex: wire.deviceIndex, hook: 'ingress' } as const;
		const outside = { program: programs.from_proxy, ifindex: wire.ifindex, hook: 'ingress' } as const;
		links.push(
			...(await wrapNativeAsync(() => attachPrograms([inside], { mode, netns: namespace.fd }), 'attach to_proxy')),
		);
		links.push(...(await wrapNativeAsync(() => attachPrograms([outside], { mode }), 'attach from_proxy')));
		core.assertOpen();
		keep(core, wire, links);
		return { wire, links };
	} catch (error) {
		await detachPrograms(links);
		namespace.removeWire(wire);
		throw error;
	}
}

/** They outlive this process where the datapath is pinned: without its proxy, connections that need one are refused. */
function keep(core: Core, wire: ProxyWire, links: readonly Link[]): void {
	if (core.pins === undefined) {
		return;
	}
	links.forEach((link, i) => {
		if (link.mode === 'clsact') {
			link.keep();
		} else {
			core.pins?.pinLink(pinNames(wire.ifindex)[i] as string, link);
		}
	});
}

/** The programs go with the interface. */
export function removeWire(core: Core, namespace: ProxyNamespace, { wire, links }: LiveWire): void {
	pinNames(wire.ifindex).forEach((name) => core.pins?.unpinLink(name));
	namespace.removeWire(wire);
	links.forEach((link) => link.close());
}

/** Pins of former processes' wires. */
export function unpinOthers(core: Core, wires: Iterable<LiveWire>): void {
	const own = new Set(Array.from(wires, ({ wire }) => pinNames(wire.ifindex)).flat());
	for (const name of core.pins?.linkNames() ?? []) {
		if (name.startsWith('proxy_') && !own.has(name)) {
			core.pins?.unpinLink(name);
		}
	}
}

function pinNames(ifindex: number): readonly string[] {
	return [`proxy_${ifindex}_inside`, `proxy_${ifindex}_outside`];
}
