import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { checkIpamOptions } from '../../../lib/agent/ipam-options.js';
import { agentOptions } from '../../../lib/agent/config/agent-config.js';
import { parseAgentConfig, readAgentConfig } from '../../../lib/agent/config/read-config.js';

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'heddle-config-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('the agent’s configuration', () => {
	it('has every path relative to its own folder', async () => {
		const file = join(folder, 'agent.yaml');
		writeFileSync(file, 'socket: run/agent.sock\nhubble: { listen: [":4244"], tls: { cert: a.pem, key: /b.pem } }\n');
		expect(await readAgentConfig(file)).toMatchObject({
			socket: join(folder, 'run/agent.sock'),
			hubble: { listen: [':4244'], tls: { cert: join(folder, 'a.pem'), key: '/b.pem' } },
		});
	});

	it('says how much is told of pods by default, and hands that to the datapath', () => {
		const text = 'aggregation: medium\naggregationIntervalMs: 1000\nsampling: 10\n';
		const { datapath } = agentOptions(parseAgentConfig(text, 'agent.yaml'));
		expect(datapath).toMatchObject({ aggregation: 'medium', aggregationIntervalMs: 1000, sampling: 10 });
		expect(() => parseAgentConfig('aggregation: most', 'agent.yaml')).toThrow(
			/aggregation.*none or low or medium or maximum/,
		);
		expect(() => parseAgentConfig('sampling: 0', 'agent.yaml')).toThrow(/sampling/);
	});

	it('hands the mode of IPAM to the agent', () => {
		const text = 'ipam: { mode: multi-pool, nodeName: node-1, preAllocation: { default: 16 }, families: [ipv4, ipv6] }';
		const { ipam } = agentOptions(parseAgentConfig(text, 'agent.yaml'));
		expect(checkIpamOptions(ipam!)).toEqual({
			nodeName: 'node-1',
			preAllocation: { default: 16 },
			families: ['ipv4', 'ipv6'],
		});
		expect(checkIpamOptions({ mode: 'multi-pool' })).toEqual({ nodeName: hostname() });
		expect(checkIpamOptions({})).toBeUndefined();
		expect(() => parseAgentConfig('ipam: { mode: cluster-pool }', 'agent.yaml')).toThrow(/ipam\.mode.*multi-pool/);
		expect(() => parseAgentConfig('ipam: { preAllocation: { a: -1 } }', 'agent.yaml')).toThrow(/preAllocation\.a/);
		const wrong = (options: object, field: string) =>
			expect(() => checkIpamOptions(options)).toThrow(
				expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', field: `ipam.${field}` }),
			);
		wrong({ mode: 'kubernetes' }, 'mode');
		wrong({ nodeName: 'a' }, 'nodeName');
		wrong({ mode: 'multi-pool', nodeName: '' }, 'nodeName');
		wrong({ mode: 'multi-pool', families: ['ipv5'] }, 'families');
		wrong({ mode: 'multi-pool', preAllocation: 8 }, 'preAllocation');
	});

	it('names what is wrong with uplinks and Hubble, by line', () => {
		const wrong: [string, RegExp][] = [
			['uplinks: [{ networks: [a] }]', /uplinks\[0\].*interface/],
			['uplinks:\n  - { interface: eth0, xdp: fast }', /agent\.yaml:2.*uplinks\[0\]\.xdp/],
			['uplinks: [{ interface: eth0, masquerade: "yes" }]', /masquerade/],
			['hubble: { nodeName: a }', /hubble.*listen/],
			['hubble: { listen: [":1"], tls: { cert: a } }', /key/],
		];
		for (const [text, message] of wrong) {
			expect(() => parseAgentConfig(text, 'agent.yaml')).toThrow(message);
		}
	});
});
