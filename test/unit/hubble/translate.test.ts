import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { DropReason, dropReasonNames } from '../../../lib/abi/generated.js';
import { dropReason } from '../../../lib/flows/drop-reasons.js';
import type { Flow } from '../../../lib/flows/flow.js';
import { nanosecondsOf, timestampOf } from '../../../lib/hubble/messages/timestamp.js';
import { loadSchema } from '../../../lib/hubble/schema.js';
import { dropReasonNumbers } from '../../../lib/hubble/translate/drop-reason.js';
import { flowMessage } from '../../../lib/hubble/translate/flow.js';
import type { ServedFlow } from '../../../lib/hubble/translate/flow.js';
import { end, flow } from './fake-source.js';

const schema = loadSchema({ protobuf });
const teller = { nodeName: 'node-1', clusterName: 'west', version: '1.2.3' };
const told = (more: Partial<Flow>) => flowMessage(flow(0, more) as ServedFlow, teller);

describe('a drop reason', () => {
	const reasons = Object.values(DropReason).map((number) => [dropReasonNames[number]!, number] as const);

	it.each(reasons)('%s has a number that Cilium gives the same meaning, or that it does not know', (name, number) => {
		const { desc, number: sent, text } = dropReasonNumbers(dropReason(number));
		const known = schema.type('flow.Flow').root.lookupEnum('flow.DropReason');
		if (known.values[name] !== undefined) {
			expect(desc).toBe(known.values[name]);
		}
		if (desc === 0) {
			expect(known.valuesById[sent]).toBeUndefined();
			expect(text).toBe(dropReason(number).text);
		} else {
			expect(known.valuesById[desc]).toBeDefined();
			expect(sent).toBe(desc);
		}
	});

	it('of heddle’s own is told in the summary, for clients have no word for it', () => {
		const crossed = told({ eventType: 'drop', verdict: 'DROPPED', dropReason: dropReason(DropReason.NetworkCrossed) });
		expect(crossed).toMatchObject({ drop_reason: 230, drop_reason_desc: 0, event_type: { type: 1, sub_type: 230 } });
		expect(crossed.Summary).toBe('Network crossed; TCP Flags: SYN');
	});

	it.each([
		[{ action: 'DENIED' }, 133],
		[{ action: 'DENIED', rule: { cookie: 1, policy: 'direct', rule: 'deny', match: 'all' } }, 181],
		[{ action: 'REDIRECTED' }, 180],
	] as const)('of a verdict %j is %i', (policy, number) => {
		const verdict = told({ eventType: 'policy-verdict', verdict: 'DROPPED', policy });
		expect(verdict).toMatchObject({ drop_reason: number, drop_reason_desc: number });
		expect(verdict.event_type).toEqual({ type: 5, sub_type: 0 });
	});
});

describe('a flow', () => {
	it('seen here is of the cluster of the node, seen elsewhere of that of its labels', () => {
		const remote = end({
			endpointId: undefined,
			pod: undefined,
			namespace: undefined,
			labels: ['k8s:io.cilium.k8s.policy.cluster=east', 'k8s:io.kubernetes.pod.namespace=far'],
		});
		const world = end({
			endpointId: undefined,
			pod: undefined,
			namespace: undefined,
			identity: 9,
			labels: ['reserved:world'],
		});
		expect(told({}).source?.cluster_name).toBe('west');
		expect(told({ source: remote }).source).toMatchObject({ cluster_name: 'east', namespace: 'far' });
		expect(told({ source: world }).source).toMatchObject({
			identity: 9,
			cluster_name: undefined,
			namespace: undefined,
		});
	});

	it('is seen at its destination where it arrives, else where it left, else where an interface is', () => {
		const nowhere = end({ interface: undefined });
		expect(told({ trafficDirection: 'INGRESS' }).interface).toEqual({ name: 'h2' });
		expect(told({ trafficDirection: 'EGRESS' }).interface).toEqual({ name: 'h1' });
		expect(told({ trafficDirection: 'INGRESS', destination: nowhere }).interface).toEqual({ name: 'h1' });
		expect(told({ source: nowhere, destination: nowhere }).interface).toBeUndefined();
	});

	it('that is not IP, or of a protocol without message, is told without', () => {
		expect(told({ ip: undefined, l4: undefined })).toMatchObject({ IP: undefined, l4: undefined, Summary: 'not IP' });
		expect(told({ l4: { protocol: '47' } })).toMatchObject({ l4: undefined, Summary: '47' });
	});

	it('audited is told as such, with what would have denied it', () => {
		const rule = { cookie: 1, policy: 'direct', rule: 'deny all', match: 'L3-Only' } as const;
		const audit = told({ eventType: 'policy-verdict', verdict: 'AUDIT', policy: { action: 'AUDITED', rule } });
		expect(audit).toMatchObject({ verdict: 4, policy_match_type: 1, drop_reason: undefined });
		expect(audit.ingress_denied_by).toEqual([{ name: 'direct', labels: ['heddle:rule=deny all'] }]);
	});
});

it.each([0n, 1n, 999_999_999n, 1_767_323_045_678_901_234n, -1n, -1_500_000_000n])(
	'the time %d is told and read',
	(ns) => {
		const timestamp = timestampOf(ns);
		expect(timestamp.nanos).toBeGreaterThanOrEqual(0);
		expect(nanosecondsOf(timestamp, 'since')).toBe(ns);
	},
);
