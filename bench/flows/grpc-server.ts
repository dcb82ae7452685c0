/** Hubble's API over a unix socket with flows that are made as fast as they are read, in a process of its own. */
import type { Flow } from '../../lib/flows/flow.js';
import { serveHubble } from '../../lib/hubble/server.js';
import type { HubbleServer } from '../../lib/hubble/server.js';
import { createFlowMaker } from '../history/flows.js';
import { serve } from '../support/serve.js';

/** As many as may be kept for clients that ask for the past. */
const FLOWS = 65_535;

let server: HubbleServer | undefined;

async function* pastFlows(): AsyncGenerator<Flow> {
	const maker = createFlowMaker(5);
	let [told, time] = [0, 1_800_000_000_000_000_000n];
	while (told < FLOWS + 1000) {
		for (const flow of maker.next((time += 12_345_678n))) {
			if (flow.eventType !== 'flow-end') {
				told++;
				yield flow;
			}
		}
	}
	await new Promise(() => undefined);
}

async function open(listen: string): Promise<void> {
	await server?.close();
	server = await serveHubble({ flows: pastFlows }, { listen, nodeName: 'node-1', maxFlows: FLOWS });
}

function cpuSeconds(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1e6;
}

serve({ open, cpuSeconds }, async () => server?.close());
