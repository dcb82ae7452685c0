import { readFileSync } from 'node:fs';
import os from 'node:os';
import { tryRun } from './process.js';

/** What the figures were measured on. */
export async function describeMachine(): Promise<[string, string][]> {
	const versions = await Promise.all([
		tryRun('nft', '--version'),
		tryRun('iptables', '--version'),
		tryRun('ipset', '--version'),
		tryRun('git', 'rev-parse', '--short', 'HEAD'),
	]);
	const [nft, iptables, ipset, commit] = versions.map((text) => text?.trim().split('\n')[0] ?? 'not installed');
	return [
		['processor', `${os.cpus()[0]?.model ?? 'unknown'}, ${os.cpus().length} seen, ${hypervisor()}`],
		['memory', `${Math.round(os.totalmem() / 2 ** 30)} GiB`],
		['kernel', `${os.release()} ${os.machine()}`],
		['Node.js', process.version],
		['peers', `${nft}; ${iptables}; ${ipset}`],
		['commit', commit ?? 'unknown'],
		['load before', os.loadavg()[0]?.toFixed(2) ?? 'unknown'],
	];
}

function hypervisor(): string {
	return /^flags.*\bhypervisor\b/m.test(readFileSync('/proc/cpuinfo', 'utf8')) ? 'virtual' : 'bare metal';
}
