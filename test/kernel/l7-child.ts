import { openDatapath } from '../../lib/index.js';

// A proxy for somebody to kill: opens what is pinned, or attaches first, says so, and waits.
const [pinPath = ''] = process.argv.slice(2);
const datapath = await openDatapath({ pinPath, sweepIntervalMs: 0, l7: { threads: 1 } });
process.stdout.write(`${datapath.endpoints.size}\n`);
setInterval(() => undefined, 60_000);
