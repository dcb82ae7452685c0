import * as abi from '../abi/generated.js';
import { invalidArgument } from '../errors.js';
import { expandEvent } from '../flows/expand.js';
import type { Flow } from '../flows/flow.js';
import type { FlowNames } from '../flows/names.js';
import type { Core } from './core.js';
import type { Direction } from './types.js';

/** What would become of a frame. */
export interface Simulation {
	/** 'reply': the datapath answers the pod itself (neighbour messages, ICMP errors). */
	readonly action: 'drop' | 'to-endpoint' | 'to-host' | 'to-uplink' | 'to-proxy' | 'reply';
	/** true: an established flow answered. */
	readonly cached: boolean;
	/** The last of `flows`. Absent where nothing was judged, as for neighbour messages. */
	readonly flow?: Flow;
	/** What `flows()` of the datapath would tell. */
	readonly flows: readonly Flow[];
	/** As it would be delivered. */
	readonly frame: Uint8Array;
}

const ACTIONS: Readonly<Record<number, Simulation['action']>> = {
	[abi.SimulatedAction.Drop]: 'drop',
	[abi.SimulatedAction.ToEndpoint]: 'to-endpoint',
	[abi.SimulatedAction.ToHost]: 'to-host',
	[abi.SimulatedAction.ToUplink]: 'to-uplink',
	[abi.SimulatedAction.ToProxy]: 'to-proxy',
	[abi.SimulatedAction.Reply]: 'reply',
};

const MIN_FRAME = 14;
const MAX_FRAME = 65535;

export function simulate(
	core: Core,
	ifindex: number,
	frame: Uint8Array,
	direction: Direction,
	names: FlowNames,
	offsetNs: bigint,
): Simulation {
	if (!(frame instanceof Uint8Array) || frame.length < MIN_FRAME || frame.length > MAX_FRAME) {
		throw invalidArgument(
			'frame',
			frame?.length,
			`${MIN_FRAME} to ${MAX_FRAME} bytes, beginning with the Ethernet header`,
		);
	}
	if (direction !== 'egress' && direction !== 'ingress') {
		throw invalidArgument('direction', direction, "'egress' (from the pod) or 'ingress' (to it)");
	}
	const program =
		core.parts.now('simulation')[direction === 'egress' ? 'simulate_from_endpoint' : 'simulate_to_endpoint'];
	const run = program.testRun({ data: frame, ifindex });
	const result = core.maps.simulation.get(0);
	const flows = result === undefined || result.event.type === 0 ? [] : expandEvent(result.event, names, offsetNs);
	const flow = flows.at(-1);
	return {
		action: ACTIONS[result?.action ?? 0] ?? 'drop',
		cached: result?.cached === 1,
		...(flow === undefined ? {} : { flow }),
		flows,
		frame: run.data,
	};
}
