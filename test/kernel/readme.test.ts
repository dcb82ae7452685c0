/** What README.md shows is run as it stands there, but for the endless loop at its end. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as heddle from '../../lib/index.js';

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');

function blocks(language: string): string[] {
	return [...readme.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text ?? '');
}

const [, pods = ''] = blocks('sh');
const [twelveLines = '', documents = ''] = blocks('js');

/** The lines as the body of a function of what they import. */
function runLines(): Promise<{ datapath: heddle.Datapath }> {
	const [imports, names = ''] = /^import \{ (.*) \} from 'heddle';/.exec(twelveLines) ?? [];
	const [body] = twelveLines.slice(imports?.length ?? 0).split('for await');
	const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;
	return new AsyncFunction('heddle', `const { ${names} } = heddle;\n${body}\nreturn { datapath };`)(heddle);
}

function ping(count = '1'): boolean {
	try {
		execFileSync('ip', ['netns', 'exec', 'client', 'ping', '-c', count, '-W', '1', '10.0.0.2'], { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}

function removePods(): void {
	for (const pod of ['client', 'web'])
		for (const command of [`ip link del ${pod}-host`, `ip netns del ${pod}`]) {
			try {
				execFileSync('sh', ['-c', command], { stdio: 'ignore' });
			} catch {
				// it was not there
			}
		}
}

describe('README.md', () => {
	beforeAll(() => {
		removePods();
		execFileSync('sh', ['-ec', pods], { stdio: 'pipe' });
	});
	afterAll(removePods);

	it('enforces and tells in twelve lines what it says', async () => {
		expect(
			twelveLines
				.trim()
				.split('\n')
				.filter((line) => line !== '').length,
		).toBeLessThanOrEqual(12);
		const { datapath } = await runLines();
		try {
			const flows = datapath.flows({ filter: { protocol: 'icmp' } });
			expect(ping()).toBe(false);
			const lines: string[] = [];
			for await (const flow of flows) if (lines.push(heddle.formatFlow(flow)) === 3) break;
			const shown = readme.split('\n').filter((line) => line.startsWith('Nov 23') && line.includes('ICMPv4'));
			expect(lines.map(withoutTime)).toEqual(shown.map(withoutTime));
		} finally {
			await datapath.close();
		}
	});

	it('applies the document that it shows', async () => {
		const { datapath } = await runLines();
		try {
			const [, web] = [...datapath.endpoints.values()];
			web?.policy.replace([]);
			expect(ping()).toBe(true);
			new Function('datapath', documents)(datapath);
			expect(datapath.policies.size).toBe(1);
			expect(ping()).toBe(false);
		} finally {
			await datapath.close();
		}
	});
});

function withoutTime(line: string): string {
	return line.slice(line.indexOf(': '));
}
