import { openDatapath } from '../../lib/index.js';

// Attaches what it is told to, says so, and waits for its end.
const [host = '', podNetns = '', pinPath] = process.argv.slice(2);
const datapath = await openDatapath(pinPath === undefined ? {} : { pinPath });
await datapath.networks.default.attach(host, { name: 'pod', labels: {}, addresses: ['10.5.0.9'], podNetns });
process.stdout.write('attached\n');
setInterval(() => undefined, 60_000);
