/** Flows of the past to a client of Hubble's API: gRPC over a unix socket, decoded by the client. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild } from '../support/child.js';
import type { BenchContext } from '../support/context.js';
import { summarize } from '../support/statistics.js';
import { connectTo } from '../../test/unit/hubble/client.js';

const GET_FLOWS = 'observer.Observer/GetFlows';
const FLOWS = 65_535;
const ROUNDS = 4;

/** A server of its own each round, all of one process: each flow is translated and encoded for the first time. */
export async function runGrpc({ results, say, cleanup }: BenchContext): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-grpc-'));
	cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
	const server = startChild(new URL('./grpc-server.ts', import.meta.url));
	const stop = cleanup.add(() => server.stop());
	const rates: number[] = [];
	let again = Number.NaN;
	for (let round = 0; round < ROUNDS && !cleanup.interrupted; round++) {
		const address = `unix://${folder}/${round}.sock`;
		await server.call('open', address);
		const client = connectTo(address);
		await untilWhole(client);
		rates.push(await rateOf(server, client));
		say(`flows: grpc: ${Math.round(rates.at(-1)! / 1e3)} k flows a CPU second of the server`);
		again = await rateOf(server, client);
		client.close();
	}
	await stop();
	const [first, ...later] = rates as [number, ...number[]];
	results.add('grpc_flows_first_per_s', 'flows/s', first, 'the same, of a process that has just started');
	results.add(
		'grpc_flows_per_s',
		'flows/s',
		summarize(later),
		'a CPU second of the server; each flow translated and encoded',
	);
	results.add('grpc_flows_again_per_s', 'flows/s', again, 'the same, told to a client before');
}

type Client = ReturnType<typeof connectTo>;

async function untilWhole(client: Client): Promise<void> {
	while (Number((await client.one('observer.Observer/ServerStatus')).num_flows) < FLOWS) {
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

async function rateOf(server: Child, client: Client): Promise<number> {
	const before = await server.call<number>('cpuSeconds');
	const count = await countFlows(client);
	return count / ((await server.call<number>('cpuSeconds')) - before);
}

function countFlows(client: Client): Promise<number> {
	const { call } = client.open(GET_FLOWS, { number: FLOWS });
	return new Promise((resolve, reject) => {
		let count = 0;
		call.on('data', () => count++);
		call.on('end', () => resolve(count));
		call.on('error', reject);
	});
}
