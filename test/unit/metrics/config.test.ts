import { describe, expect, it } from 'vitest';

import { agentOptions } from '../../../lib/agent/config/agent-config.js';
import { parseAgentConfig } from '../../../lib/agent/config/read-config.js';

const parse = (text: string) => agentOptions(parseAgentConfig(text, 'agent.yaml'));

describe("an agent's configuration", () => {
	it('serves no metrics unless it says so', () => {
		expect(parse('').metrics).toBeUndefined();
	});

	it('says where and how metrics are served', () => {
		expect(parse('metrics: { listen: "127.0.0.1:9965", labels: { network: true }, maxLabelSets: 5 }').metrics).toEqual({
			listen: '127.0.0.1:9965',
			labels: { network: true },
			maxLabelSets: 5,
		});
		expect(parse('metrics:\n  listen: unix:///run/heddle/metrics.sock').metrics).toEqual({
			listen: 'unix:///run/heddle/metrics.sock',
		});
	});

	it.each([
		['metrics: {}', /listen/],
		['metrics: { listen: 9965 }', /listen/],
		['metrics: { listen: nowhere }', /listen/],
		['metrics: { listen: ":9965", maxLabelSets: 0 }', /maxLabelSets/],
		['metrics: { listen: ":9965", labels: { network: yes please } }', /network/],
		['metrics: { listen: ":9965", path: /metrics }', /path/],
		['metrics: ":9965"', /metrics/],
	])('%s is refused by line and field', (text, field) => {
		expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_CONFIG' }) as Error);
		expect(() => parse(text)).toThrow(field);
		expect(() => parse(text)).toThrow(/agent\.yaml:1/);
	});
});
