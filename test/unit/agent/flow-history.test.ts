import { expect, it } from 'vitest';

import { agentOptions } from '../../../lib/agent/config/agent-config.js';
import { parseAgentConfig } from '../../../lib/agent/config/read-config.js';
import { checkAgentOptions } from '../../../lib/agent/options.js';

const historyOf = (text: string) =>
	checkAgentOptions(agentOptions(parseAgentConfig(text, 'agent.yaml'))).datapath.flowHistory;

it('an agent keeps 4096 events, or as many as its configuration says', () => {
	expect(historyOf('')).toBe(4096);
	expect(historyOf('flowHistory: 0')).toBe(0);
	expect(historyOf('flowHistory: 16777216')).toBe(16_777_216);
	for (const wrong of ['-1', '16777217', '1.5', 'many']) {
		expect(() => historyOf(`flowHistory: ${wrong}`)).toThrow(
			expect.objectContaining({ code: 'ERR_INVALID_CONFIG', message: expect.stringMatching(/flowHistory/) as string }),
		);
	}
});
