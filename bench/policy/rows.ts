/** Rows by hand through the public API, into the kernel, one by one and many at once. */
import { openDatapath, type Datapath, type PolicyMap, type PolicyRow } from '../../lib/index.js';
import type { BenchContext } from '../support/context.js';
import { summarize } from '../support/statistics.js';

const count = 20_000;
const portsAPeer = 4;

export async function runRows({ results, say, full }: BenchContext): Promise<void> {
	const singles: number[] = [];
	const bulks: number[] = [];
	for (let round = 0; round < (full ? 9 : 5); round++) {
		say(`policy: rows, round ${round + 1}`);
		singles.push(await rate((policy, rows) => rows.forEach((row) => policy.set(...row))));
		bulks.push(await rate((policy, rows) => policy.setMany(rows)));
	}
	results.add('policy_rows_single_per_s', '1/s', summarize(singles), 'policy.set, each a change of its own');
	results.add('policy_rows_bulk_per_s', '1/s', summarize(bulks), 'policy.setMany');
	results.fact(`rows by hand: ${count} rows, ${portsAPeer} ports a peer, in one policy set that starts empty`);
}

async function rate(write: (policy: PolicyMap, rows: readonly PolicyRow[]) => void): Promise<number> {
	const datapath: Datapath = await openDatapath({ sweepIntervalMs: 0 });
	try {
		const policy = datapath.policyOf(datapath.identities.allocate({ 'k8s:app': 'web' }));
		const rows = Array.from({ length: count }, (_, i): PolicyRow => {
			const peer = 0x0100_0000 + Math.floor(i / portsAPeer);
			return [{ peer, direction: 'ingress', protocol: 'tcp', port: 8000 + (i % portsAPeer) }, { verdict: 'allow' }];
		});
		const begin = performance.now();
		write(policy, rows);
		const seconds = (performance.now() - begin) / 1000;
		const found = datapath.stats().maps['peers']!.entries;
		if (found !== count / portsAPeer) throw new Error(`rows: found ${found} peers, expected ${count / portsAPeer}`);
		return count / seconds;
	} finally {
		await datapath.close();
	}
}
