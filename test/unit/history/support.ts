import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Flow } from '../../../lib/flows/flow.js';
import type { FlowHistory } from '../../../lib/history/history.js';
import { openFlowHistory } from '../../../lib/history/open.js';
import type { FlowHistoryOptions } from '../../../lib/history/options.js';
import type { FlowQuery } from '../../../lib/history/query.js';

/** With a file of its own that is gone afterwards. */
export async function withFolder<T>(body: (path: string) => Promise<T>): Promise<T> {
	const folder = mkdtempSync(join(tmpdir(), 'heddle-history-'));
	try {
		return await body(join(folder, 'flows.db'));
	} finally {
		rmSync(folder, { recursive: true });
	}
}

export async function withHistory<T>(
	body: (history: FlowHistory, path: string) => Promise<T>,
	options: Partial<FlowHistoryOptions> = {},
): Promise<T> {
	return withFolder(async (path) => {
		await using history = await openFlowHistory({ path, ...options });
		return await body(history, path);
	});
}

export async function found(history: FlowHistory, query?: FlowQuery): Promise<Flow[]> {
	const flows: Flow[] = [];
	for await (const flow of history.query(query)) {
		flows.push(flow);
	}
	return flows;
}

/** The i-th of many that differ; a millisecond apart. */
export function numbered(i: number, startMs = Date.UTC(2026, 10, 25)): Flow {
	const end = (name: string, identity: number) => ({ name, identity, labels: [`k8s:app=${name}`], network: 'default' });
	return {
		time: new Date(startMs + i),
		timeNs: BigInt(startMs + i) * 1_000_000n,
		verdict: i % 10 === 0 ? 'DROPPED' : 'FORWARDED',
		eventType: 'policy-verdict',
		trafficDirection: 'INGRESS',
		network: 'default',
		source: end('client', 1000 + (i % 7)),
		destination: end('server', 2000),
		ip: { version: 4, source: `10.0.0.${i % 200}`, destination: '10.1.0.1' },
		l4: { protocol: 'TCP', sourcePort: i % 60_000, destinationPort: 443, flags: ['SYN'] },
		isReply: false,
		length: 74,
	};
}

export function range(from: number, to: number): number[] {
	return Array.from({ length: to - from }, (_, i) => from + i);
}
