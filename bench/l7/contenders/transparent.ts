/** A proxy between the pods that nobody sees: in their host namespace whatever arrives from them is local. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Pair, configureGateways, configureRouting, createHostedPair } from '../../live/topology.js';
import type { Cleanup } from '../../support/cleanup.js';
import { feed, run } from '../../support/process.js';
import type { Contender } from '../contender.js';
import { untilServing } from '../load.js';

type HostedPair = Pair & { readonly host: string };

export interface TransparentProxy {
	readonly id: string;
	readonly title: string;
	readonly size: string;
	configuration(pair: HostedPair, folder: string): string;
	command(configuration: string, folder: string): readonly string[];
}

/** As in the namespace of heddle's own proxy. */
const sysctls = [
	'net.ipv4.conf.all.rp_filter=0',
	'net.ipv4.conf.default.rp_filter=0',
	'net.ipv4.conf.pod1.rp_filter=0',
	'net.ipv4.conf.pod2.rp_filter=0',
	'net.ipv4.tcp_syncookies=0',
	'net.ipv4.tcp_max_syn_backlog=65536',
	'net.ipv4.tcp_max_tw_buckets=0',
	'net.ipv4.ip_local_port_range=1024 65535',
	'net.core.somaxconn=65535',
];

/** No netfilter and no connection tracking: a route, and what the host sends itself is not asked of it. */
async function takeAll({ host }: HostedPair): Promise<void> {
	await run('ip', 'netns', 'exec', host, 'sysctl', '-qw', ...sysctls);
	await feed('route add local default dev lo table local\n', 'ip', '-n', host, '-batch', '-');
	await feed(
		'rule add pref 10 not iif lo lookup local\nrule del pref 0\n',
		...(['ip', '-n', host, '-batch', '-'] as const),
	);
}

/** In a PID namespace of its own: its workers end with it, and it with the bench. */
function start(cleanup: Cleanup, host: string, cpu: number, command: readonly string[]): void {
	const first = ['nice', '-n', '-20', 'taskset', '-c', String(cpu)];
	const alone = [...first, 'unshare', '--pid', '--fork', '--kill-child=KILL', '--', ...command];
	const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'ip', 'netns', 'exec', host, ...alone], {
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
	cleanup.add(() => {
		child.kill('SIGKILL');
		return gone;
	});
}

export async function createTransparent(cleanup: Cleanup, cpu: number, proxy: TransparentProxy): Promise<Contender> {
	const { id, title, size } = proxy;
	const pair = await createHostedPair(cleanup, `l7-${id}`);
	await configureGateways(pair.client, pair.server);
	await configureRouting(pair);
	await takeAll(pair);
	const folder = mkdtempSync(join(tmpdir(), `heddle-bench-${id}-`));
	cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
	const configuration = join(folder, `${id}.conf`);
	writeFileSync(configuration, proxy.configuration(pair, folder));
	start(cleanup, pair.host, cpu, proxy.command(configuration, folder));
	const contender = { id, title, pair, enforces: true, cpu, size };
	await untilServing(contender);
	return contender;
}
