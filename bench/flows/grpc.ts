/** Flows of the past to a client of Hubble's API: gRPC over a unix socket, decoded by the client. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../support/child.js';
import type { BenchContext } from '../support/context.js';
import { connectTo } from '../../test/unit/hubble/client.js';

const GET_FLOWS = 'observer.Observer/GetFlows';
const FLOWS = 65_535;
const ROUNDS = 4;

export async function runGrpc({ results, say, cleanup }: BenchContext): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-grpc-'));
	cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
	const server = startChild(new URL('./grpc-server.ts', import.meta.url));
	const stop = cleanup.add(() => server.stop());
	const address = `unix://${folder}/hubble.sock`;
	await server.call('open', address);
	const client = connectTo(address);
	while (Number((await client.one('observer.Observer/ServerStatus')).num_flows) < FLOWS) {
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	const rates: number[] = [];
	for (let round = 0; round < ROUNDS && !cleanup.interrupted; round++) {
		const before = await server.call<number>('cpuSeconds');
		const count = await countFlows(client);
		rates.push(count / ((await server.call<number>('cpuSeconds')) - before));
		say(`flows: grpc: ${Math.round(rates.at(-1)! / 1e3)} k flows a CPU second of the server`);
	}
	client.close();
	await stop();
	const [first, ...again] = rates as [number, ...number[]];
	results.add('grpc_flows_per_s', 'flows/s', first, 'a CPU second of the server; each flow translated and encoded');
	results.add('grpc_flows_again_per_s', 'flows/s', Math.max(...again), 'the same, told to a client before');
}

function countFlows(client: ReturnType<typeof connectTo>): Promise<number> {
	const { call } = client.open(GET_FLOWS, { number: FLOWS });
	return new Promise((resolve, reject) => {
		let count = 0;
		call.on('data', () => count++);
		call.on('end', () => resolve(count));
		call.on('error', reject);
	});
}
