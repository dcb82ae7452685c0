import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

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
