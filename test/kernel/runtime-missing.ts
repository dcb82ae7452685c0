import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { openContainerd } from './support-containerd.js';
import { REPOSITORY, openRuntime } from './support-runtime.js';
import type { Runtime } from './support-runtime.js';

const INSTALL_MS = 240_000;

/** Why podman starts no container here, be it with a network or without; undefined: it does. */
export function podmanMissing(): Promise<string | undefined> {
	return missing(startsNothing);
}

/** Why containerd starts no pod here. */
export function containerdMissing(): Promise<string | undefined> {
	return missing(async (runtime) => {
		await using containerd = await openContainerd(runtime);
		await containerd.run({ name: 'probe', hostNetwork: true });
		return undefined;
	});
}

async function missing(probe: (runtime: Runtime) => Promise<string | undefined>): Promise<string | undefined> {
	const reason = notInstalled();
	if (reason !== undefined) {
		return reason;
	}
	const runtime = openRuntime();
	try {
		return await probe(runtime);
	} catch (error) {
		return String(error);
	} finally {
		await runtime[Symbol.asyncDispose]();
	}
}

function notInstalled(): string | undefined {
	const { status, stderr } = spawnSync('sh', ['scripts/setup', '--quiet', 'runtime'], {
		cwd: REPOSITORY,
		encoding: 'utf8',
		timeout: INSTALL_MS,
	});
	const otherwise = `scripts/setup runtime: found no end of it within ${INSTALL_MS / 1000} seconds`;
	return status === 0 ? undefined : stderr.trim() || otherwise;
}

async function startsNothing({ folder, env }: Runtime): Promise<string | undefined> {
	const rootfs = join(folder, 'rootfs');
	for (const name of ['rootfs', 'bin', 'net.d']) {
		mkdirSync(join(folder, name));
	}
	copyFileSync('/bin/busybox', join(rootfs, 'true'));
	const options = ['--rm', '--network', 'none', '--rootfs', rootfs];
	const { status, stderr } = spawnSync('podman', ['run', ...options, '/true'], {
		env,
		encoding: 'utf8',
	});
	return status === 0 ? undefined : `podman: ${stderr.trim()}`;
}
