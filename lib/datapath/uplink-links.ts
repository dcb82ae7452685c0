import { HeddleError, wrapNativeAsync } from '../errors.js';
import { attach as attachPrograms, detach as detachPrograms } from '../native/addon.js';
import type { LinkInfo, XdpMode, Link } from '../native/addon.js';
import type { Core } from './core.js';
import type { ProgramsOf } from './programs.js';
import { openLink } from './restore-link.js';
import type { UplinkMode } from './uplink.js';
import type { XdpWish } from './uplink-options.js';

/** The programs on one uplink: TC always, XDP where it may. */
export interface UplinkLinks {
	readonly mode: UplinkMode;
	readonly tc: Link;
	readonly xdp: Link | undefined;
}

const XDP_MODES: Readonly<Record<XdpWish, readonly XdpMode[]>> = {
	auto: ['xdp-native', 'xdp-generic'],
	native: ['xdp-native'],
	generic: ['xdp-generic'],
	off: [],
};

export function programFor(link: Link): keyof ProgramsOf<'uplink'> {
	return link.mode === 'xdp' ? 'early_from_uplink' : 'from_uplink';
}

export function linksOf({ tc, xdp }: UplinkLinks): Link[] {
	return xdp === undefined ? [tc] : [tc, xdp];
}

/** Before the uplink's entries are there every packet passes to the host. */
export async function attachUplinkPrograms(core: Core, info: LinkInfo, wish: XdpWish): Promise<UplinkLinks> {
	const { from_uplink: program } = await core.parts.of('uplink');
	const request = { program, ifindex: info.ifindex, hook: 'ingress' } as const;
	const [tc] = await wrapNativeAsync(
		() => attachPrograms([request], { mode: core.attachMode }),
		`attach to ${info.name}`,
	);
	try {
		return { tc: tc as Link, ...(await attachXdp(core, info, wish)) };
	} catch (error) {
		await detachPrograms([tc as Link]);
		throw error;
	}
}

async function attachXdp(core: Core, info: LinkInfo, wish: XdpWish): Promise<Pick<UplinkLinks, 'mode' | 'xdp'>> {
	const { early_from_uplink: program } = await core.parts.of('uplink');
	const request = { program, ifindex: info.ifindex, hook: 'ingress' } as const;
	let refusal: unknown;
	for (const mode of XDP_MODES[wish]) {
		try {
			const [xdp] = await attachPrograms([request], { mode });
			return { mode, xdp };
		} catch (error) {
			refusal = error;
		}
	}
	if (wish === 'native' || wish === 'generic') {
		throw new HeddleError(
			'ERR_NOT_SUPPORTED',
			`xdp: found that ${info.name} refuses '${wish}' (${(refusal as Error).message}), expected a driver that has it`,
			{ field: 'xdp', found: wish, cause: refusal },
		);
	}
	return { mode: 'tc', xdp: undefined };
}

/** They outlive this process where the datapath is pinned. */
export function keepUplinkLinks(core: Core, ifindex: number, links: UplinkLinks): void {
	for (const link of core.pins === undefined ? [] : linksOf(links)) {
		if (link.mode === 'clsact') {
			link.keep();
		} else {
			core.pins?.pinLink(pinNameOf(ifindex, link), link);
		}
	}
}

export function unpinUplinkLinks(core: Core, ifindex: number): void {
	['tc', 'xdp'].forEach((hook) => core.pins?.unpinLink(`uplink_${ifindex}_${hook}`));
}

/** Of a former process; undefined where one is missing. */
export function openUplinkLinks(core: Core, ifindex: number, mode: UplinkMode): UplinkLinks | undefined {
	const open = (hook: string, attachMode: Core['attachMode']) =>
		openLink(core.pins?.linkPath(`uplink_${ifindex}_${hook}`), ifindex, 'ingress', attachMode);
	const tc = open('tc', core.attachMode);
	const xdp = mode === 'tc' ? undefined : open('xdp', 'tcx');
	if (tc !== undefined && (mode === 'tc' || xdp !== undefined)) {
		return { mode, tc, xdp };
	}
	tc?.close();
	xdp?.close();
	return undefined;
}

function pinNameOf(ifindex: number, link: Link): string {
	return `uplink_${ifindex}_${link.mode === 'xdp' ? 'xdp' : 'tc'}`;
}
