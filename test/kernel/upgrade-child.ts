import { openAgent } from '../../lib/index.js';

// Takes a node's agent over with new programs, again and again, for somebody to kill it at any moment.
const [statePath = '', pinPath = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
for (;;) {
	const agent = await openAgent({ statePath, datapath: { pinPath, existing: 'upgrade', sweepIntervalMs: 0 } });
	await agent.close();
}
