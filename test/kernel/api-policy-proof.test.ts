import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import * as abi from '../../lib/abi/generated.js';
import type { Datapath, Endpoint } from '../../lib/index.js';
import { BpfMap } from '../../lib/native/addon.js';
import { appLabels as labels, openLab } from './lab.js';
import type { Lab } from './lab.js';

let lab: Lab;
let datapath: Datapath;
let pinPath: string;
let client: Endpoint;
let server: Endpoint;

const web = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: web }
spec:
  endpointSelector: { matchLabels: { app: server } }
  ingress:
    - fromEndpoints: [{ matchLabels: { app: client } }]
      toPorts: [{ ports: [{ port: "8080", endPort: 8090, protocol: TCP }] }]
  egress:
    - toCIDRSet: [{ cidr: 10.0.0.0/8, except: [10.1.0.0/16] }]
---
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: { name: base }
spec:
  tier: Baseline
  priority: 5
  subject: { namespaces: {} }
  egress: [{ action: Deny, to: [{ networks: [10.2.0.0/16] }] }]
`;

beforeEach(async () => {
	lab = openLab();
	pinPath = lab.pinPath();
	datapath = await lab.datapath({ sweepIntervalMs: 0, pinPath });
	const network = datapath.networks.default;
	client = await lab.pod('client').join(network, ['10.9.0.2'], { labels: labels('client') });
	server = await lab.pod('server').join(network, ['10.9.0.3'], { labels: labels('server') });
	datapath.policies.apply(web);
	server.policy.set({ peer: client.identity.id, direction: 'ingress', protocol: 'icmp' }, { verdict: 'allow' });
});

afterEach(async () => {
	await datapath.unload().catch(() => undefined);
	await lab[Symbol.asyncDispose]();
});

/** One entry of the kernel's rules, as someone else might overwrite it. */
function tamper(change: (rule: abi.Rule, key: abi.RuleKey) => abi.Rule | undefined): void {
	const rules = BpfMap.openPinned(`${pinPath}/maps/rules`);
	const { keys, values, count } = rules.dump();
	for (let i = 0; i < count; i++) {
		const key = abi.ruleKeyCodec.decode(keys, i * abi.ruleKeyCodec.size);
		const rule = change(abi.ruleCodec.decode(values, i * abi.ruleCodec.size), key);
		if (rule !== undefined) rules.update(abi.ruleKeyCodec.encode(key), abi.ruleCodec.encode(rule));
	}
	rules.close();
}

describe('verify', () => {
	it('finds the kernel’s maps to be what the documents say, also after changes and a restart', async () => {
		expect(datapath.policies.verify()).toMatchObject({ ok: true, wrong: 0, stale: [] });
		client.relabel(labels('stranger'));
		server.setEnforcement('always');
		datapath.policies.delete({ kind: 'ClusterNetworkPolicy', name: 'base' });
		expect(datapath.policies.verify().ok).toBe(true);
		await datapath.close();
		datapath = await lab.datapath({ sweepIntervalMs: 0, pinPath });
		const { ok, checked } = datapath.policies.verify();
		expect(ok).toBe(true);
		expect(checked).toBeGreaterThan(20);
	});

	it('finds an entry that somebody changed, and says what it should be', () => {
		tamper((rule, { protocol }) => (protocol === 6 ? { ...rule, action: abi.PolicyAction.Deny } : undefined));
		const { ok, wrong, counterexamples } = datapath.policies.verify({ limit: 1 });
		expect({ ok, listed: counterexamples.length }).toEqual({ ok: false, listed: 1 });
		expect(wrong).toBeGreaterThan(0);
		expect(counterexamples[0]).toMatchObject({
			subject: server.identity.id,
			peer: client.identity.id,
			direction: 'ingress',
			protocol: 6,
			expected: 'allow',
			found: 'deny',
			reasons: [{ document: 'CiliumNetworkPolicy default/web', path: 'spec.ingress[0]' }],
		});
	});

	it('finds entries of identities that there are not', () => {
		const peers = BpfMap.openPinned(`${pinPath}/maps/peers`);
		const key = { policySet: 1, identity: 4711, direction: 0 };
		peers.update(abi.peerKeyCodec.encode(key), abi.peerCodec.encode({ ruleClass: 1 }));
		peers.close();
		expect(datapath.policies.verify()).toMatchObject({ ok: false, stale: [{ identity: 4711, direction: 'ingress' }] });
	});
});

describe('explain', () => {
	it('names the rule that allows, its line, and what the kernel answers', () => {
		const told = datapath.policies.explain({ from: client, to: 'server', protocol: 'tcp', port: 8085 });
		expect(told.verdict).toBe('allowed');
		expect(told.ingress?.decidedBy).toMatchObject([
			{ document: 'CiliumNetworkPolicy default/web', path: 'spec.ingress[0]', line: 7 },
		]);
		expect(told.loaded).toMatchObject({ ingress: { verdict: 'allow' }, egress: { verdict: 'allow' } });
	});

	it('says of what is denied what would have to be different', () => {
		const told = datapath.policies.explain({ from: 'default/client', to: server, protocol: 'tcp', port: 9999 });
		expect(told).toMatchObject({ verdict: 'denied', loaded: { ingress: { verdict: 'deny' } } });
		expect(told.ingress?.whyNot[0]).toMatchObject({ path: 'spec.ingress[0]', missing: [{ what: 'port' }] });
		const outside = datapath.policies.explain({
			from: server,
			to: { network: 'default', address: '10.1.2.3' },
			protocol: 'tcp',
			port: 443,
		});
		expect(outside).toMatchObject({ verdict: 'denied', loaded: { egress: { verdict: 'deny' } } });
	});

	it('names rows by hand', () => {
		const told = datapath.policies.explain({ from: 'client', to: 'server', protocol: 'icmp', port: 8 << 8 });
		expect(told).toMatchObject({ verdict: 'allowed', ingress: { decidedBy: [{ document: 'direct' }] } });
	});

	it('refuses what it does not know, by field', () => {
		const ask = (question: object) => () =>
			datapath.policies.explain({ from: 'client', to: 'server', protocol: 'tcp', port: 1, ...question } as never);
		expect(ask({ from: 'nobody' })).toThrow(expect.objectContaining({ code: 'ERR_NOT_FOUND', field: 'from' }));
		expect(ask({ to: { network: 'none', address: '10.0.0.1' } })).toThrow(
			expect.objectContaining({ field: 'network' }),
		);
		expect(ask({ protocol: 'any' })).toThrow(expect.objectContaining({ field: 'protocol' }));
		expect(ask({ port: 70_000 })).toThrow(expect.objectContaining({ field: 'port' }));
	});
});
