import { expect, it } from 'vitest';

import { agentOptions } from '../../../lib/agent/config/agent-config.js';
import { parseAgentConfig } from '../../../lib/agent/config/read-config.js';
import { heddle } from './support/cli.js';

it('heddle ui needs a pinned datapath, and makes none', async () => {
	const { code, out, err } = await heddle(['ui', '--pin', '/nowhere/heddle']);
	expect({ code, out }).toEqual({ code: 2, out: '' });
	expect(err).toMatch(/--pin: found nothing at \/nowhere\/heddle, expected a pinned datapath/);
	expect(await heddle(['ui', 'eth0'])).toMatchObject({ code: 2, err: expect.stringMatching(/found eth0/) as string });
});

it('an agent serves the page where its configuration says so', () => {
	const uiOf = (text: string) => agentOptions(parseAgentConfig(text, 'agent.yaml')).ui;
	expect(uiOf('')).toBeUndefined();
	expect(uiOf('ui: {}')).toEqual({});
	const asked = { listen: '127.0.0.1:12001', hosts: ['node-1.example'] };
	expect(uiOf(`ui: ${JSON.stringify(asked)}`)).toEqual(asked);
	expect(() => uiOf('ui: { port: 80 }')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_CONFIG' }));
	expect(() => uiOf('ui: { listen: 12000 }')).toThrow(/ui\.listen/);
});
