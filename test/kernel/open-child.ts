import { HeddleError, openDatapath } from '../../lib/index.js';

// Opens a datapath, attaches what it is told to, and ends without closing anything.
const [host, podNetns = ''] = process.argv.slice(2);
try {
	const datapath = await openDatapath();
	if (host !== undefined) {
		await datapath.networks.default.attach(host, { name: 'pod', labels: {}, addresses: ['10.12.0.2'], podNetns });
		datapath.flows();
		process.stdout.write('attached\n');
	}
} catch (error) {
	process.stdout.write(`${error instanceof HeddleError ? error.code : ''} ${String((error as Error).message)}\n`);
}
