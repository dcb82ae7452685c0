import fc from 'fast-check';
import { expect, it } from 'vitest';

import { eventCodec, EventType, TracePoint, Verdict } from '../../../lib/abi/generated.js';
import type { Event } from '../../../lib/abi/generated.js';
import { expandEvent } from '../../../lib/flows/expand.js';
import { EventView } from '../../../lib/flows/event-view.js';
import type { FlowNames, NamedEndpoint } from '../../../lib/flows/names.js';

const FIELDS = Object.keys(eventCodec.decode(new Uint8Array(eventCodec.size))) as (keyof Event)[];
const anyRecord = fc.uint8Array({ minLength: eventCodec.size, maxLength: eventCodec.size });

it('a view of an event has what the codec decodes, wherever the record lies', () => {
	fc.assert(
		fc.property(anyRecord, fc.nat(64), (record, offset) => {
			const memory = new Uint8Array(eventCodec.size + 64);
			memory.set(record, offset);
			const view = new EventView(memory.subarray(offset, offset + eventCodec.size));
			const decoded = eventCodec.decode(record);
			for (const field of FIELDS) {
				expect(view[field]).toEqual(decoded[field]);
			}
		}),
	);
});

it('ends are told with the names they have now', () => {
	let endpoint: NamedEndpoint | undefined;
	let labels = ['k8s:app=a'];
	const names: FlowNames = {
		endpoint: () => endpoint,
		identity: () => ({ labels }),
		network: () => 'blue',
		rule: () => undefined,
	};
	const event: Event = {
		...eventCodec.decode(new Uint8Array(eventCodec.size)),
		type: EventType.Verdict,
		sourceEndpoint: 7,
		sourceIdentity: 256,
		egressVerdict: Verdict.NotEnforced,
		ingressVerdict: Verdict.NotEnforced,
		weights: [1, 1],
		points: TracePoint.To,
	};
	const source = () => expandEvent(event, names, 0n)[0]!.source;
	expect(source()).toMatchObject({ name: 'k8s:app=a', endpointId: undefined });
	endpoint = { name: 'web', identity: { id: 256 }, interface: { name: 'hdl1' } };
	expect(source()).toMatchObject({ name: 'web', endpointId: 7, interface: 'hdl1', podInterface: undefined });
	endpoint = { name: 'web', identity: { id: 256 }, interface: { name: 'hdl1', pod: 'eth0' } };
	expect(source()).toMatchObject({ podInterface: 'eth0' });
	labels = ['k8s:app=b'];
	expect(source().labels).toEqual(['k8s:app=b']);
	endpoint = undefined;
	expect(source()).toMatchObject({ name: 'k8s:app=b', endpointId: undefined, interface: undefined });
});
