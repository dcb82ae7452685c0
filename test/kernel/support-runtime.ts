import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { openAgent } from '../../lib/index.js';
import { openShell } from './support-shell.js';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** Parent of the cgroups of containerd's pods. */
export const TEST_CGROUP = 'heddle-test';

/** The lines of examples/cni with podman's folders, the agent's and CNI's in one of the test's own. */
export interface Runtime extends AsyncDisposable {
	readonly folder: string;
	readonly env: NodeJS.ProcessEnv;
	readonly socket: string;
	readonly pinPath: string;
	/** @throws what they said, where one of them failed */
	sh(lines: string): Promise<string>;
}

export function openRuntime(): Runtime {
	const folder = mkdtempSync(join(tmpdir(), 'heddle-runtime-'));
	const pinPath = `/sys/fs/bpf/htruntime${process.pid}`;
	const state = join(folder, 'state.db');
	const env = environmentOf(folder);
	copyExamples(folder, [`state: ${state}`, `pinPath: ${pinPath}`]);
	// Whatever ends the shell ends containers, and then the agent, which they need for that.
	const end = 'podman rm --force --time 0 --all >/dev/null; kill $containerd $agent 2>/dev/null || true; wait';
	const shell = openShell(folder, env, `trap '${end}' EXIT`);
	return {
		folder,
		env,
		pinPath,
		socket: join(folder, 'agent.sock'),
		sh: (lines) => shell.run(within(folder, lines)),
		async [Symbol.asyncDispose]() {
			try {
				await shell.close();
				if (existsSync(state)) {
					await (await openAgent({ statePath: state, datapath: { pinPath } })).unload();
				}
			} finally {
				rmSync(folder, { recursive: true, force: true });
				removeCgroups();
			}
		},
	};
}

/** Of examples/cni/README.md: setup, start, containers, look, end, down. */
export function exampleLines(): readonly string[] {
	const readme = readFileSync(join(REPOSITORY, 'examples/cni/README.md'), 'utf8');
	return [...readme.matchAll(/```sh\n(.*?)```/gs)].map(([, text]) => text ?? '');
}

interface PodJson {
	readonly pod: { readonly name: string };
	readonly attachments: readonly { readonly network: string; readonly interface: string }[];
}

/** What the agent knows: networks and interfaces by pod. Each of podman's networks is an attachment of its own. */
export async function podsOf({ socket }: Runtime): Promise<Record<string, string[]>> {
	const [answer] = (await once(get({ socketPath: socket, path: '/v1/pods' }), 'response')) as [IncomingMessage];
	const found: Record<string, string[]> = {};
	for (const { pod, attachments } of (await json(answer)) as readonly PodJson[]) {
		const interfaces = attachments.map((one) => `${one.network} ${one.interface}`);
		found[pod.name] = [...(found[pod.name] ?? []), ...interfaces].sort();
	}
	return found;
}

function environmentOf(folder: string): NodeJS.ProcessEnv {
	return {
		...process.env,
		PATH: `${join(folder, 'tools')}:${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
		CONTAINERS_CONF: join(folder, 'examples/cni/containers.conf'),
		CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
	};
}

function copyExamples(folder: string, agentLines: readonly string[]): void {
	cpSync(join(REPOSITORY, 'examples'), join(folder, 'examples'), { recursive: true });
	const example = join(folder, 'examples/cni');
	for (const name of readdirSync(example)) {
		writeFileSync(join(example, name), within(folder, readFileSync(join(example, name), 'utf8')));
	}
	const append = (name: string, lines: readonly string[]) =>
		writeFileSync(join(example, name), `${lines.join('\n')}\n`, { flag: 'a' });
	append('agent.yaml', agentLines);
	append('containers.conf', [`tmp_dir = "${folder}/tmp"`, 'lock_type = "file"']);
	const storage = ['driver = "vfs"', `graphroot = "${folder}/graph"`, `runroot = "${folder}/run"`];
	writeFileSync(join(folder, 'storage.conf'), ['[storage]', ...storage, ''].join('\n'));
	writeNpx(join(folder, 'tools'));
}

/** `npx heddle` is the command of the sources. */
function writeNpx(folder: string): void {
	const main = join(REPOSITORY, 'lib/cli/main.ts');
	const line = `exec "${process.execPath}" --import "${import.meta.resolve('tsx')}" "${main}" "$@"`;
	mkdirSync(folder);
	writeFileSync(join(folder, 'npx'), `#!/bin/sh\nshift\n${line}\n`, { mode: 0o755 });
}

function within(folder: string, text: string): string {
	const flags = `--bin-dir ${folder}/bin --conf-dir ${folder}/net.d --socket ${folder}/agent.sock`;
	return text
		.replaceAll('cni install', `cni install ${flags}`)
		.replaceAll('/opt/cni/bin', `${folder}/bin`)
		.replaceAll('/etc/cni/net.d', `${folder}/net.d`)
		.replaceAll('/run/heddle/', `${folder}/`);
}

/** Runtimes keep the parent of their containers' cgroups; one that others use is not empty and stays. */
function removeCgroups(): void {
	const root = '/sys/fs/cgroup';
	const places = ['.', ...readdirSync(root)].map((name) => join(root, name));
	const parents = places.flatMap((place) => ['libpod_parent', TEST_CGROUP].map((name) => join(place, name)));
	for (const parent of parents.filter((path) => existsSync(path))) {
		spawnSync('find', [parent, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';'], { stdio: 'ignore' });
	}
}
